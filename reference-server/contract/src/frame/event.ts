import { readU16 } from './codec.ts';
import { FrameKind, PAYLOAD_BYTES } from './layout.ts';

export const EventType = { fall: 1, button: 2 } as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

/** What happened at one moment. Magnitudes are raw counts of the frame's ranges. */
export interface EventPayload {
  /** One of {@link EventType}; a number that this version does not know is kept as it is. */
  type: number;
  /** Greatest magnitude of the acceleration around the event, counts / 2 as in the features. */
  peak: number;
  /** Least magnitude of the acceleration in the second before the impact (1.0 to 1.5 s), counts / 2. */
  min: number;
  /** Greatest magnitude of the rotation, counts / 2. */
  gyroPeak: number;
  /** 16384 * cosine of the angle between gravity before and after. */
  tiltCosine: number;
  /** When it happened, ms after the frame's start. */
  offsetMs: number;
}

/** Offsets in the payload, in bytes; byte 1 is reserved and 0. */
const EVENT = { type: 0, peak: 2, min: 4, gyroPeak: 6, tiltCosine: 8, offsetMs: 10 } as const;

export function readEvent(bytes: Uint8Array, at: number): EventPayload {
  return {
    type: bytes[at + EVENT.type]!,
    peak: readU16(bytes, at + EVENT.peak),
    min: readU16(bytes, at + EVENT.min),
    gyroPeak: readU16(bytes, at + EVENT.gyroPeak),
    tiltCosine: (readU16(bytes, at + EVENT.tiltCosine) << 16) >> 16,
    offsetMs: readU16(bytes, at + EVENT.offsetMs),
  };
}

/** The payload of an event frame. Numbers are taken modulo their field's size. */
export function eventPayload(event: EventPayload): Uint8Array {
  const bytes = new Uint8Array(PAYLOAD_BYTES[FrameKind.event]);
  const view = new DataView(bytes.buffer);
  view.setUint8(EVENT.type, event.type);
  view.setUint16(EVENT.peak, event.peak, true);
  view.setUint16(EVENT.min, event.min, true);
  view.setUint16(EVENT.gyroPeak, event.gyroPeak, true);
  view.setInt16(EVENT.tiltCosine, event.tiltCosine, true);
  view.setUint16(EVENT.offsetMs, event.offsetMs, true);
  return bytes;
}

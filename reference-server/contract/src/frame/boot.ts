import { readU16, readU32 } from './codec.ts';
import { FrameKind, PAYLOAD_BYTES } from './layout.ts';

/** Why a device started. The numbers are those of the ATmega328P's MCUSR bits. */
export const ResetCause = { powerOn: 1, external: 2, brownOut: 4, watchdog: 8 } as const;
export type ResetCause = (typeof ResetCause)[keyof typeof ResetCause];

/** What a device says of itself after a start. */
export interface BootPayload {
  /** One or more of {@link ResetCause}. */
  resetCause: number;
  /** How many frames its ring holds at most. */
  ringFrames: number;
  /** Hash of the program image. */
  imageHash: number;
  /** Frames that the device gave up since its last boot report; 65535 stands for that many or more. */
  droppedFrames: number;
}

/** Offsets in the payload, in bytes. */
const BOOT = { resetCause: 0, ringFrames: 1, imageHash: 2, droppedFrames: 6 } as const;

export function readBoot(bytes: Uint8Array, at: number): BootPayload {
  return {
    resetCause: bytes[at + BOOT.resetCause]!,
    ringFrames: bytes[at + BOOT.ringFrames]!,
    imageHash: readU32(bytes, at + BOOT.imageHash),
    droppedFrames: readU16(bytes, at + BOOT.droppedFrames),
  };
}

/** The payload of a boot frame. Numbers are taken modulo their field's size. */
export function bootPayload(boot: BootPayload): Uint8Array {
  const bytes = new Uint8Array(PAYLOAD_BYTES[FrameKind.boot]);
  const view = new DataView(bytes.buffer);
  view.setUint8(BOOT.resetCause, boot.resetCause);
  view.setUint8(BOOT.ringFrames, boot.ringFrames);
  view.setUint32(BOOT.imageHash, boot.imageHash, true);
  view.setUint16(BOOT.droppedFrames, boot.droppedFrames, true);
  return bytes;
}

import {
  decodeFrame,
  EventType,
  FEATURE_FIELDS,
  type Frame,
  FrameFlag,
  FrameKind,
  firmwareText,
  Placement,
  readBoot,
  readEvent,
  readFeatures,
  readRawChunk,
} from '@gaitway/contract';

/** A frame for people and programs: the names of its header's numbers, and its payload field by field. */
export interface FrameFields {
  kind: string;
  device: number;
  boot: number;
  seq: number;
  oldestHeldSeq: number;
  startMs: number;
  slotMs: number;
  flags: string[];
  placement: string;
  accelRange: number;
  gyroRange: number;
  firmware: string;
  batteryMv: number;
  payload: Record<string, number | string>;
}

function nameIn(table: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(table).find(([, known]) => known === value)?.[0] ?? String(value);
}

/** The fields of a frame; a text: why the bytes are none. */
export function frameFields(bytes: Uint8Array): FrameFields | string {
  const frame = decodeFrame(bytes);
  if (typeof frame === 'string') return frame;
  const { device, boot, seq, oldestHeldSeq, startMs, slotMs, accelRange, gyroRange, batteryMv } = frame;
  return {
    kind: nameIn(FrameKind, frame.kind),
    ...{ device, boot, seq, oldestHeldSeq, startMs, slotMs },
    flags: Object.entries(FrameFlag)
      .filter(([, bit]) => (frame.flags & bit) !== 0)
      .map(([name]) => name),
    placement: nameIn(Placement, frame.placement),
    ...{ accelRange, gyroRange },
    firmware: firmwareText(frame.firmware),
    batteryMv,
    payload: payloadOf(frame, bytes),
  };
}

function payloadOf({ kind, payloadAt }: Frame, bytes: Uint8Array): FrameFields['payload'] {
  switch (kind) {
    case FrameKind.features: {
      const values = new Int32Array(FEATURE_FIELDS.length);
      readFeatures(bytes, payloadAt, values);
      return Object.fromEntries(FEATURE_FIELDS.map(({ name }, i) => [name, values[i]!]));
    }
    case FrameKind.rawChunk: {
      const { chunkIndex, samples } = readRawChunk(bytes, payloadAt);
      return { chunkIndex, sampleCount: samples.length / 6, samples: samples.join(' ') };
    }
    case FrameKind.event: {
      const event = readEvent(bytes, payloadAt);
      return { ...event, type: nameIn(EventType, event.type) };
    }
    case FrameKind.boot:
      return { ...readBoot(bytes, payloadAt) };
  }
}

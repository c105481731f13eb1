import { readU16 } from './codec.ts';
import { AXES } from './features.ts';
import { FrameKind, PAYLOAD_BYTES, RAW_SAMPLES_PER_CHUNK } from './layout.ts';

/** Half a second of a raw reading. */
export interface RawChunkPayload {
  /** Its place in the reading, from 0. */
  chunkIndex: number;
  /** The axes of `AXES` of one sample after the other, raw counts; at most `RAW_SAMPLES_PER_CHUNK` samples. */
  samples: Int16Array;
}

/** Offsets in the payload, in bytes. */
const CHUNK = { chunkIndex: 0, sampleCount: 1, samples: 2 } as const;

export function readRawChunk(bytes: Uint8Array, at: number): RawChunkPayload {
  const count = Math.min(RAW_SAMPLES_PER_CHUNK, bytes[at + CHUNK.sampleCount]!);
  const samples = new Int16Array(count * AXES.length);
  for (let i = 0; i < samples.length; i++) samples[i] = readU16(bytes, at + CHUNK.samples + 2 * i);
  return { chunkIndex: bytes[at + CHUNK.chunkIndex]!, samples };
}

/** The payload of a raw chunk; what is behind its samples is 0. */
export function rawChunkPayload({ chunkIndex, samples }: RawChunkPayload): Uint8Array {
  const bytes = new Uint8Array(PAYLOAD_BYTES[FrameKind.rawChunk]);
  const view = new DataView(bytes.buffer);
  view.setUint8(CHUNK.chunkIndex, chunkIndex);
  view.setUint8(CHUNK.sampleCount, samples.length / AXES.length);
  for (let i = 0; i < samples.length; i++) view.setInt16(CHUNK.samples + 2 * i, samples[i]!, true);
  return bytes;
}

import {
  type Alert,
  FEATURE_FIELDS,
  type Frame,
  FrameKind,
  HEADER_BYTES,
  Placement,
  RAW_CHUNKS_PER_READING,
  RAW_SAMPLES_PER_CHUNK,
  rawChunkPayload,
  SAMPLE_RATE_HZ,
  writeFeatures,
} from '@gaitway/contract';
import { FeatureExtractor } from '@gaitway/firmware';
import { describe, expect, it } from 'vitest';
import { noteAfterFall } from './after-fall.ts';
import { FallWatch } from './fall-watch.ts';

const AT_MS = 1_000_000;
const SLOT_MS = 5000;
const SAMPLES = RAW_CHUNKS_PER_READING * RAW_SAMPLES_PER_CHUNK;
const BASE = { device: 7, boot: 2, flags: 0, placement: Placement.wrist, accelRange: 2, gyroRange: 2 };
const COUNTS_PER_DEG = 131 / 4;
const FALL: Alert = {
  ...{ id: 'one', patient: 'p000006', ward: 'w0000', rule: 'fall', severity: 'urgent', state: 'raised' },
  ...{ atMs: AT_MS, says: 'a fall' },
};

interface Sent {
  bytes: Uint8Array;
  frame: Frame;
}

/** An arm that swings once in 2/3 s, at most so fast, counts at 8 g and 1000 deg/s. */
function swinging(degPerSecond: number): Int16Array {
  return Int16Array.from({ length: 6 * SAMPLES }, (_, i) => {
    if (i % 6 < 3) return i % 6 === 2 ? 4096 : 0;
    if (i % 6 > 3) return 0;
    const seconds = Math.floor(i / 6) / SAMPLE_RATE_HZ;
    return Math.round(COUNTS_PER_DEG * degPerSecond * Math.sin(2 * Math.PI * 1.5 * seconds));
  });
}

/** Slot 0 holds the fall, so nothing that is in it counts. */
const startOf = (slot: number): number => AT_MS - 2000 + slot * SLOT_MS;

function asFeatures(samples: Int16Array, slot: number): Sent[] {
  const values = new Int32Array(FEATURE_FIELDS.length);
  new FeatureExtractor(BASE.accelRange).extract(samples, values);
  const bytes = new Uint8Array(HEADER_BYTES + 400);
  writeFeatures(bytes, HEADER_BYTES, values);
  const own = { kind: FrameKind.features, seq: slot, startMs: startOf(slot), slotMs: SLOT_MS };
  return [{ bytes, frame: { ...BASE, ...own } as Frame }];
}

function asChunks(samples: Int16Array, slot: number): Sent[] {
  return Array.from({ length: RAW_CHUNKS_PER_READING }, (_, chunkIndex) => {
    const at = 6 * RAW_SAMPLES_PER_CHUNK * chunkIndex;
    const part = samples.slice(at, at + 6 * RAW_SAMPLES_PER_CHUNK);
    const bytes = new Uint8Array(HEADER_BYTES + 400);
    bytes.set(rawChunkPayload({ chunkIndex, samples: part }), HEADER_BYTES);
    const startMs = startOf(slot) + (chunkIndex * SLOT_MS) / RAW_CHUNKS_PER_READING;
    const seq = slot * RAW_CHUNKS_PER_READING + chunkIndex;
    return { bytes, frame: { ...BASE, kind: FrameKind.rawChunk, seq, startMs, slotMs: SLOT_MS } as Frame };
  });
}

/** What becomes of a fall after which these frames come. */
function settledBy(frames: readonly Sent[]): string | undefined {
  const watch = new FallWatch();
  watch.add(FALL, 7, AT_MS + 2000);
  const { patient, ward } = FALL;
  const left = frames.flatMap(({ bytes, frame }) => noteAfterFall(watch, { patient, ward, bytes }, frame));
  expect(left.length).toBeLessThanOrEqual(1);
  return left[0]?.settled?.says;
}

const SLOTS = [0, 1, 2, 3, 4, 5];

describe('readings after a fall', () => {
  const settled = [
    [0, 'lay still for 10 s afterwards'],
    [15, 'nothing speaks against it'],
    [60, 'the arm was in vigorous use for 20 s afterwards'],
  ] as const;

  for (const [degPerSecond, says] of settled) {
    it(`say of an arm that swings with ${degPerSecond} deg/s, as features and raw: ${says}`, () => {
      const samplesOf = (slot: number) => swinging(slot === 0 ? 15 : degPerSecond);
      expect(settledBy(SLOTS.flatMap((slot) => asFeatures(samplesOf(slot), slot)))).toBe(`a fall; ${says}`);
      expect(settledBy(SLOTS.flatMap((slot) => asChunks(samplesOf(slot), slot)))).toBe(`a fall; ${says}`);
    });
  }

  it('say nothing where a raw reading lost a chunk', () => {
    const samples = swinging(60);
    const without = (...slots: number[]) =>
      SLOTS.flatMap((slot) => asChunks(samples, slot).slice(slots.includes(slot) ? 1 : 0));
    expect(settledBy(without(1))).toBe('a fall; the arm was in vigorous use for 15 s afterwards');
    expect(settledBy(without(1, 3))).toBe('a fall; nothing speaks against it');
    expect(settledBy([1, 2, 3].flatMap((slot) => asChunks(samples, slot)))).toBeUndefined();
  });
});

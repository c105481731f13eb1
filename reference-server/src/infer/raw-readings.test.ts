import {
  FEATURE_FIELDS,
  type Frame,
  FrameKind,
  HEADER_BYTES,
  normal,
  Placement,
  RAW_CHUNKS_PER_READING,
  RAW_SAMPLES_PER_CHUNK,
  rawChunkPayload,
  uniform,
  type WindowDocument,
  writeFeatures,
} from '@gaitway/contract';
import { FeatureExtractor } from '@gaitway/firmware';
import { describe, expect, it } from 'vitest';
import { createStageTimer } from '../observe/stage-timer.ts';
import { foldFrame } from '../window/fold-frame.ts';
import { OpenWindow } from '../window/open-window.ts';
import { OneModel } from './inference.ts';
import { RawReadings } from './raw-readings.ts';

const READING = RAW_CHUNKS_PER_READING * RAW_SAMPLES_PER_CHUNK;
const CHUNK_MS = 500;
const READING_MS = 5000;
const BASE = { device: 7, boot: 2, flags: 0, placement: Placement.wrist, accelRange: 2, gyroRange: 2 };

/** A hand that trembles a little more in each reading, counts at 8 g and 1000 deg/s. */
function samplesOf(reading: number): Int16Array {
  return Int16Array.from({ length: 6 * READING }, (_, i) => {
    const seconds = Math.floor(i / 6) / 50;
    if (i % 6 < 3) return Math.round((i % 6 === 2 ? 4096 : 0) + 12 * normal(reading, 1, i));
    return Math.round(60 * reading * Math.sin(2 * Math.PI * 5 * seconds) + 8 * normal(reading, 2, i));
  });
}

interface Chunk {
  bytes: Uint8Array;
  frame: Frame;
}

function chunksOf(reading: number, firstSeq = 100 + reading * RAW_CHUNKS_PER_READING): Chunk[] {
  const all = samplesOf(reading);
  return Array.from({ length: RAW_CHUNKS_PER_READING }, (_, chunkIndex) => {
    const bytes = new Uint8Array(HEADER_BYTES + 400);
    const at = 6 * RAW_SAMPLES_PER_CHUNK * chunkIndex;
    const samples = all.slice(at, at + 6 * RAW_SAMPLES_PER_CHUNK);
    bytes.set(rawChunkPayload({ chunkIndex, samples }), HEADER_BYTES);
    const startMs = reading * READING_MS + chunkIndex * CHUNK_MS;
    const own = { kind: FrameKind.rawChunk, seq: firstSeq + chunkIndex, startMs, slotMs: READING_MS };
    return { bytes, frame: { ...BASE, ...own } as Frame };
  });
}

function shuffled<One>(all: readonly One[], seed: number): One[] {
  return all
    .map((one, i) => ({ one, key: uniform(seed, i) }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);
}

describe('raw readings', () => {
  it('become the features that the device would have sent, in whatever order their chunks come', () => {
    const expected = new Int32Array(FEATURE_FIELDS.length);
    const extractor = new FeatureExtractor(BASE.accelRange);
    for (let seed = 0; seed < 5; seed++) {
      const readings = new RawReadings();
      const found = shuffled(
        [1, 2, 3].flatMap((reading) => chunksOf(reading)),
        seed,
      ).flatMap(({ bytes, frame }) => {
        const reading = readings.add(bytes, frame);
        return reading === undefined ? [] : [{ ...reading, values: reading.values.slice() }];
      });
      expect(found).toHaveLength(3);
      for (const { values, header, frame } of found) {
        extractor.extract(samplesOf(frame.startMs / READING_MS), expected);
        expect(values).toEqual(expected);
        expect(header).toEqual({ flags: 0, placement: 1, accelRange: 2, gyroRange: 2, slotMs: READING_MS });
        expect(frame).toEqual({ startMs: frame.startMs, boot: 2, seq: 100 + frame.startMs / 500 });
      }
    }
  });

  it('are nothing while a chunk is missing, and flagged by any of their chunks', () => {
    const readings = new RawReadings();
    const [first, ...others] = chunksOf(1);
    for (const { bytes, frame } of others) expect(readings.add(bytes, frame)).toBeUndefined();
    const flagged = { ...first!.frame, flags: 4 };
    expect(readings.add(first!.bytes, flagged)?.header.flags).toBe(4);
  });

  it('are gathered within bounds: what a device begins and never ends takes no memory for ever', () => {
    const readings = new RawReadings();
    for (let i = 0; i < 1000; i++) {
      const [{ bytes, frame }] = chunksOf(1, 1000 + 17 * i) as [Chunk];
      expect(readings.add(bytes, frame)).toBeUndefined();
    }
    const found = chunksOf(2).map(({ bytes, frame }) => readings.add(bytes, frame));
    expect(found.every((reading) => reading === undefined)).toBe(true);
  });

  it('make the slots and the assessment of a window that features mode makes, beside aggregates of none', () => {
    const stages = createStageTimer(() => 0);
    const timed = {
      route: stages.stage('route'),
      infer: stages.stage('infer'),
      fold: stages.stage('fold'),
      close: stages.stage('close'),
    };
    const inference = new OneModel();
    const values = new Int32Array(FEATURE_FIELDS.length);
    const play = (frames: readonly Chunk[]): WindowDocument => {
      const window = new OpenWindow('p', 'w', 0, 60_000, 0, false, inference.modelsFor());
      for (const { bytes, frame } of frames)
        expect(foldFrame(window, bytes, frame, values, timed, inference)).toBe(true);
      // A chunk that comes again changes nothing.
      const [{ bytes, frame }] = frames as [Chunk];
      expect(foldFrame(window, bytes, frame, values, timed, inference)).toBe(false);
      return window.close(1, true, 60_000, 0);
    };
    const readings = Array.from({ length: 12 }, (_, reading) => reading);
    const raw = play(
      shuffled(
        readings.flatMap((reading) => chunksOf(reading)),
        9,
      ),
    );
    const extractor = new FeatureExtractor(BASE.accelRange);
    const features = play(
      readings.map((reading) => {
        const bytes = new Uint8Array(HEADER_BYTES + 100);
        extractor.extract(samplesOf(reading), values);
        writeFeatures(bytes, HEADER_BYTES, values);
        const own = { kind: FrameKind.features, seq: 100 + 10 * reading, startMs: READING_MS * reading };
        return { bytes, frame: { ...BASE, ...own, slotMs: READING_MS } as Frame };
      }),
    );
    expect(raw.readings).toBe(120);
    expect(raw.slots).toHaveLength(12);
    expect(raw.slots).toEqual(features.slots);
    expect(raw.assessment).toEqual(features.assessment);
    expect(raw.assessment.conditions[0]!.probability).toBeGreaterThan(0.5);
    expect(raw.aggregates).toEqual({});
  });
});

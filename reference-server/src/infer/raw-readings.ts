import {
  AXES,
  FEATURE_FIELDS,
  type FeatureValues,
  type Frame,
  HEADER_BYTES,
  RAW_CHUNKS_PER_READING,
  RAW_SAMPLES_PER_CHUNK,
  readRawChunk,
} from '@gaitway/contract';
import { FeatureExtractor } from '@gaitway/firmware';
import type { ReadingHeader } from './signal-features.ts';

/** A window of a minute holds 12; what a hostile device begins beyond that is not gathered. */
const GATHERED_MAX = 16;
const VALUES_PER_CHUNK = RAW_SAMPLES_PER_CHUNK * AXES.length;

/** A raw reading whose ten chunks are there, as if its device had computed the features. */
export interface RawReading {
  /** One per row of `FEATURE_FIELDS`; of the next reading after the next call. Of the heart nothing is known: 0. */
  values: FeatureValues;
  header: ReadingHeader;
  /** Of its first chunk. */
  frame: { startMs: number; boot: number; seq: number };
}

interface Gathered {
  chunks: (Int16Array | undefined)[];
  missing: number;
  flags: number;
}

const values: FeatureValues = new Int32Array(FEATURE_FIELDS.length);
/** By range of the accelerometer: the threshold of the step counter is in g. */
const extractors = [0, 1, 2, 3].map((accelRange) => new FeatureExtractor(accelRange));

/**
 * Gathers the chunks of raw readings, in any order, until the ten of one are there; of a reading that lost one nothing is
 * said, nor of one that begins in one window and ends in the next. What is made of the samples is what the device
 * makes of them in features mode, by the same extractor, so the same models speak of both. Samples of the ten are taken
 * to follow each other.
 */
export class RawReadings {
  private readonly gathered = new Map<string, Gathered>();

  /** The reading that this chunk completes. Each chunk must be given once. */
  add(bytes: Uint8Array, frame: Frame): RawReading | undefined {
    const { chunkIndex, samples } = readRawChunk(bytes, HEADER_BYTES);
    if (chunkIndex >= RAW_CHUNKS_PER_READING) return undefined;
    const key = `${frame.device}:${frame.boot}:${frame.seq - chunkIndex}`;
    const reading = this.gathered.get(key) ?? this.begin(key);
    if (reading === undefined || reading.chunks[chunkIndex] !== undefined) return undefined;
    reading.chunks[chunkIndex] = samples;
    reading.flags |= frame.flags;
    reading.missing -= 1;
    if (reading.missing > 0) return undefined;
    this.gathered.delete(key);
    return complete(reading, chunkIndex, frame);
  }

  private begin(key: string): Gathered | undefined {
    if (this.gathered.size >= GATHERED_MAX) return undefined;
    const reading = {
      chunks: new Array<Int16Array | undefined>(RAW_CHUNKS_PER_READING).fill(undefined),
      missing: RAW_CHUNKS_PER_READING,
      flags: 0,
    };
    this.gathered.set(key, reading);
    return reading;
  }
}

/** When the raw reading of this chunk began: a chunk names its own start, and the length of its reading. */
export function rawReadingStartMs(bytes: Uint8Array, frame: Pick<Frame, 'startMs' | 'slotMs'>): number {
  return startOfReading(readRawChunk(bytes, HEADER_BYTES).chunkIndex, frame);
}

function startOfReading(chunkIndex: number, { startMs, slotMs }: Pick<Frame, 'startMs' | 'slotMs'>): number {
  return startMs - (chunkIndex * slotMs) / RAW_CHUNKS_PER_READING;
}

const samplesOfAll = new Int16Array(RAW_CHUNKS_PER_READING * VALUES_PER_CHUNK);

function complete({ chunks, flags }: Gathered, chunkIndex: number, last: Frame): RawReading {
  let length = 0;
  for (const chunk of chunks) {
    samplesOfAll.set(chunk!, length);
    length += chunk!.length;
  }
  extractors[last.accelRange & 3]!.extract(samplesOfAll.subarray(0, length), values);
  const { placement, accelRange, gyroRange, slotMs, boot } = last;
  return {
    values,
    header: { flags, placement, accelRange, gyroRange, slotMs },
    frame: { startMs: startOfReading(chunkIndex, last), boot, seq: last.seq - chunkIndex },
  };
}

import { FEATURE_FIELDS, type Frame, FrameKind, HEADER_BYTES, readFeatures } from '@gaitway/contract';
import { rawReadingStartMs } from '../infer/raw-readings.ts';
import { emptySignalFeatures, readSignalFeatures, signalFeatureIndex } from '../infer/signal-features.ts';
import type { LogRecord } from '../ingest/reading-log.ts';
import type { AfterFall, FallWatch, WatchedFall } from './fall-watch.ts';

/**
 * By so many octaves an arm in vigorous use passes the power of one at rest: 400 (deg/s)^2 in 0.5-3 Hz, 20 deg/s. The least
 * whole one at which none of 1,187 falls of twelve synthetic seeds was withdrawn (docs/inference.md).
 */
const VIGOROUS_OCTAVES = 3;

const GYRO_MOVEMENT = signalFeatureIndex('gyroMovement');
const values = new Int32Array(FEATURE_FIELDS.length);
const features = emptySignalFeatures();

/**
 * Tells the watch what a reading of somebody who may have fallen says, and returns what that settles. The chunks of a raw
 * reading say it together, as the features that their device would have sent; of one that lost a chunk nothing is said.
 */
export function noteAfterFall(
  falls: FallWatch,
  { patient, bytes }: LogRecord,
  frame: Frame,
): readonly WatchedFall[] {
  if (frame.kind === FrameKind.features) {
    readFeatures(bytes, HEADER_BYTES, values);
    readSignalFeatures(values, frame, features);
    return falls.note(patient, frame, saidBy());
  }
  const startMs = rawReadingStartMs(bytes, frame);
  const reading = falls.rawOf(patient)?.add(bytes, frame);
  if (reading !== undefined) readSignalFeatures(reading.values, reading.header, features);
  return falls.note(patient, { startMs, slotMs: frame.slotMs }, reading === undefined ? null : saidBy());
}

/** Below 50 (deg/s)^2 in 0.5-3 Hz an arm is at rest (ParaDigMa); a tremor above 3 Hz does not hide it. */
function saidBy(): AfterFall {
  if (features.fault !== null) return null;
  const octaves = features.values[GYRO_MOVEMENT]!;
  if (octaves === 0) return 'lies';
  return octaves > VIGOROUS_OCTAVES ? 'vigorous' : 'moves';
}

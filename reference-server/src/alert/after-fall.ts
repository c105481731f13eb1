import { FEATURE_FIELDS, type Frame, FrameKind, HEADER_BYTES, readFeatures } from '@gaitway/contract';
import { emptySignalFeatures, readSignalFeatures, signalFeatureIndex } from '../infer/signal-features.ts';
import type { AfterFall } from './fall-watch.ts';

const GYRO_MOVEMENT = signalFeatureIndex('gyroMovement');
const values = new Int32Array(FEATURE_FIELDS.length);
const features = emptySignalFeatures();

/**
 * What a reading says of somebody who may have fallen. Below 50 (deg/s)^2 in 0.5-3 Hz an arm is at rest (ParaDigMa);
 * a tremor above 3 Hz does not hide it. Raw chunks carry no features: of them nothing is said.
 */
export function afterFall(bytes: Uint8Array, frame: Frame): AfterFall {
  if (frame.kind !== FrameKind.features) return null;
  readFeatures(bytes, HEADER_BYTES, values);
  readSignalFeatures(values, frame, features);
  if (features.fault !== null) return null;
  return features.values[GYRO_MOVEMENT]! > 0 ? 'moves' : 'lies';
}

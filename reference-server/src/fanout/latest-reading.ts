import {
  type DeviceClaims,
  FEATURE_FIELDS,
  type Frame,
  featureIndex,
  HEADER_BYTES,
  type LatestReading,
  readFeatures,
} from '@gaitway/contract';
import { builtInModel } from '../infer/load-model.ts';
import type { Model } from '../infer/model.ts';
import { MODEL_VERSION } from '../infer/model-names.ts';

const STEPS = featureIndex('steps');
const HEART_RATE = featureIndex('heartRateBpm');
const values = new Int32Array(FEATURE_FIELDS.length);

/** The values of a features frame as viewers see them at once, before any window. */
export function latestReading(
  claims: DeviceClaims,
  frame: Frame,
  bytes: Uint8Array,
  model: Model = builtInModel(MODEL_VERSION),
): LatestReading {
  readFeatures(bytes, HEADER_BYTES, values);
  const { tremor, gait } = model.slotScores(values, frame);
  return {
    patient: claims.patient,
    ward: claims.ward,
    device: claims.device,
    boot: frame.boot,
    seq: frame.seq,
    startMs: frame.startMs,
    slotMs: frame.slotMs,
    batteryMv: frame.batteryMv,
    flags: frame.flags,
    steps: values[STEPS]!,
    heartRateBpm: values[HEART_RATE]!,
    tremor,
    gait,
  };
}

import type { Assessment, ConditionAssessment, FrameHeader, SlotScore } from '@gaitway/contract';
import { gaitModel } from './gait.ts';
import type { SlotScores } from './model.ts';
import { MODEL_VERSION, MODELS } from './models.ts';
import { rigidityProxyModel } from './rigidity-proxy.ts';
import { emptySignalFeatures, readSignalFeatures } from './signal-features.ts';
import { tremorModel } from './tremor.ts';

type ReadingHeader = Pick<FrameHeader, 'flags' | 'placement' | 'accelRange' | 'gyroRange' | 'slotMs'>;

/** Filled anew at each call: nothing of one reading is left for the next. */
const features = emptySignalFeatures();

/** Scores one reading: `values` one per row of `FEATURE_FIELDS`. Called once per reading. */
export function slotScores(values: ArrayLike<number>, header: ReadingHeader): SlotScores {
  readSignalFeatures(values, header, features);
  return {
    tremor: tremorModel.slotScore(features),
    rigidityProxy: rigidityProxyModel.slotScore(features),
    gait: gaitModel.slotScore(features),
  };
}

/** What every model says of one reading, and which features of the signal drove it. */
export function explainSlot(values: ArrayLike<number>, header: ReadingHeader): ConditionAssessment[] {
  readSignalFeatures(values, header, features);
  return MODELS.map((model) => model.explainSlot(features));
}

/** What every model says of a window. Depends on the set of slots, not on their order. */
export function assessWindow(slots: readonly SlotScore[]): Assessment {
  return { model: MODEL_VERSION, conditions: MODELS.map((model) => model.assess(slots)) };
}

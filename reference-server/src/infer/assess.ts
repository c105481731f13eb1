import type { Assessment, Driver, SlotScore } from '@gaitway/contract';
import { builtInModel } from './load-model.ts';
import type { SlotScores } from './model.ts';
import { MODEL_VERSION } from './model-names.ts';
import type { ReadingHeader } from './signal-features.ts';

/** Scores one reading by the built-in model: `values` one per row of `FEATURE_FIELDS`. */
export function slotScores(values: ArrayLike<number>, header: ReadingHeader): SlotScores {
  return builtInModel(MODEL_VERSION).slotScores(values, header);
}

/** What the built-in model says of a window. Depends on the set of slots, not on their order. */
export function assessWindow(slots: readonly SlotScore[], drivers?: readonly Driver[]): Assessment {
  return builtInModel(MODEL_VERSION).assessWindow(slots, drivers);
}

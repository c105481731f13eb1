import type { Condition } from '@gaitway/contract';
import { type ModelFile, windowThresholdsOf } from '../infer/model-file.ts';

/** From which probability on a condition counts as found in a window. */
export type WindowThresholds = Readonly<Record<Condition, number>>;

/** Those of the model that assessed a window, by its version. */
export type FoundFrom = (model: string) => WindowThresholds;

/**
 * By what the models say of themselves. `current` speaks for windows of a version that this server does not have: of an earlier one
 * nothing is left but its name.
 */
export function foundFrom(current: ModelFile, candidate?: ModelFile): FoundFrom {
  const ofCurrent = windowThresholdsOf(current);
  if (candidate === undefined) return () => ofCurrent;
  const ofCandidate = windowThresholdsOf(candidate);
  return (model) => (model === candidate.version ? ofCandidate : ofCurrent);
}

import type { Condition, ConditionAssessment, SlotScore } from '@gaitway/contract';
import { contributionsOf, type LinearModel, sigmoid } from './linear-model.ts';

/** What a window's slots say of one condition, whatever their order: sums of integers. */
export interface WindowFeatures {
  /** Mean of the slots' probabilities. */
  slotScoreMean: number;
  /** Share of the slots whose probability is at least one half. */
  slotsPositiveShare: number;
}

/** Fewer scored slots than this are no window. */
export const SLOTS_MIN = 3;

/** `null`: too few slots could be scored. */
export function windowFeatures(condition: Condition, slots: readonly SlotScore[]): WindowFeatures | null {
  let scored = 0;
  let sum = 0;
  let positive = 0;
  for (const slot of slots) {
    const score = slot[condition];
    if (score === null) continue;
    scored += 1;
    sum += score;
    if (score >= 500) positive += 1;
  }
  if (scored < SLOTS_MIN) return null;
  return { slotScoreMean: sum / (1000 * scored), slotsPositiveShare: positive / scored };
}

/** The assessment of a window; `scorable` says, for the reason, which slots can be scored. */
export function assessSlots(
  condition: Condition,
  slots: readonly SlotScore[],
  model: LinearModel<keyof WindowFeatures>,
  scorable: string,
): ConditionAssessment {
  const features = windowFeatures(condition, slots);
  if (features === null) {
    const scored = slots.filter((slot) => slot[condition] !== null).length;
    const reason = `${scored} of ${slots.length} slots could be scored (${scorable}), ${SLOTS_MIN} are needed`;
    return { condition, assessable: false, reason };
  }
  const { score, contributions } = contributionsOf(model, features);
  return { condition, assessable: true, score, probability: sigmoid(score), contributions };
}

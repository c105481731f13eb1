import type { Condition, ConditionAssessment, SlotScore } from '@gaitway/contract';
import { calibrated, contributionsOf } from './linear-model.ts';
import type { WindowHeadFile } from './model-file.ts';
import type { WindowFeatures } from './window-features.ts';

/** Fewer scored slots than this are no window. */
export const SLOTS_MIN = 3;

/** `counts`: of a positive slot, whether it may count as such; all do when it is left out. `null`: too few are scored. */
export function windowFeatures(
  condition: Condition,
  slots: readonly SlotScore[],
  threshold: number,
  counts?: (index: number) => boolean,
): WindowFeatures | null {
  let scored = 0;
  let sum = 0;
  let positive = 0;
  for (let i = 0; i < slots.length; i++) {
    const score = slots[i]![condition];
    if (score === null) continue;
    scored += 1;
    sum += score;
    if (score >= threshold && (counts === undefined || counts(i))) positive += 1;
  }
  if (scored < SLOTS_MIN) return null;
  return {
    slotScoreMean: sum / (1000 * scored),
    slotsPositiveShare: positive / scored,
    somePositive: positive > 0 ? 1 : 0,
  };
}

/** The assessment of a window; `scorable` says, for the reason, which slots can be scored. */
export function assessSlots(
  condition: Condition,
  slots: readonly SlotScore[],
  features: WindowFeatures | null,
  head: WindowHeadFile,
  scorable: string,
): ConditionAssessment {
  if (features === null) {
    const scored = slots.filter((slot) => slot[condition] !== null).length;
    const reason = `${scored} of ${slots.length} slots could be scored (${scorable}), ${SLOTS_MIN} are needed`;
    return { condition, assessable: false, reason };
  }
  const { score, contributions } = contributionsOf(head, (feature) => features[feature]);
  return {
    condition,
    assessable: true,
    score,
    probability: calibrated(head.calibration, score),
    contributions,
  };
}

import type { Condition, ConditionAssessment, Contribution, Driver, SlotScore } from '@gaitway/contract';
import { calibrated, contributionsOf } from './linear-model.ts';
import type { WindowHeadFile } from './model-file.ts';
import { meanMoved, meanValue } from './slot-drivers.ts';
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

/** Stands for what the mean score of the slots would be if all were usual ones. */
export const USUAL_SLOTS = 'usualSlots';

/**
 * The same assessment, in its own object, with what the slots' mean score contributes passed on to the features of the signal that drove it: a
 * window's score is linear in that mean, so it is passed on exactly. A row of its own keeps what a usual slot would have
 * contributed, and what the rounding of slots to thousandths did: so the rows still add up to the score.
 */
export function withDrivers(
  said: ConditionAssessment,
  slots: readonly SlotScore[],
  { weights }: WindowHeadFile,
  drivers: readonly Driver[] = [],
): ConditionAssessment {
  const weight = weights.slotScoreMean;
  const { condition, contributions } = said;
  if (contributions === undefined || weight === undefined) return said;
  const at = contributions.findIndex(({ feature }) => feature === 'slotScoreMean');
  let scored = 0;
  for (let i = 0; i < slots.length; i++) if (slots[i]![condition] !== null) scored += 1;
  const passedOn: Contribution[] = [];
  let { value, contribution } = contributions[at]!;
  for (const driver of drivers) {
    if (driver.condition !== condition) continue;
    const moved = meanMoved(driver, scored);
    const row = { feature: driver.feature, value: meanValue(driver), contribution: weight * moved + 0 };
    passedOn.push(row);
    value -= moved;
    contribution -= row.contribution;
  }
  if (passedOn.length === 0) return said;
  contributions.splice(at, 1, ...passedOn, { feature: USUAL_SLOTS, value, contribution });
  return said;
}

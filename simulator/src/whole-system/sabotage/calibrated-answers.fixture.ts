import { hash32, type SlotScore, uniform, type WindowDocument } from '@gaitway/contract';
import { GRADED_CONDITIONS } from '../../grade/graded-conditions.ts';
import type { RunTruth } from '../../grade/run-truth.ts';

const STREAM = 0x63616c69;
/** Probabilities that it gives, in thousandths. */
const SCORES = [50, 250, 450, 650, 850] as const;

/**
 * Answers of a model that is as right as it says: of the slots that it gives a probability to, just that share is
 * true. For each slot a probability is drawn by Bayes' rule from one law for true slots and one for the others, whose
 * quotient is that of the probability to its rest.
 */
export function calibratedAnswers(truth: RunTruth): (document: WindowDocument) => SlotScore[] {
  const indexes = new Map(
    Array.from({ length: truth.patients }, (_, index) => [truth.personAt(index).patient, index]),
  );
  const shares = new Map(GRADED_CONDITIONS.map((graded) => [graded.condition, shareOf(truth, graded)]));
  return ({ patient, slots }) => {
    const index = indexes.get(patient)!;
    return slots.map((slot) => {
      const at = Math.round((slot.startMs - truth.startMs(index, 0)) / truth.slotMs);
      const label = truth.labelOf(index, at);
      const scores = GRADED_CONDITIONS.map((graded, i) => {
        const draw = uniform(hash32(STREAM, i), STREAM, index, at);
        return [graded.condition, scoreFor(graded.truth(label), shares.get(graded.condition)!, draw)];
      });
      return { ...slot, ...(Object.fromEntries(scores) as Partial<SlotScore>) };
    });
  };
}

function shareOf(truth: RunTruth, graded: (typeof GRADED_CONDITIONS)[number]): number {
  let is = 0;
  let all = 0;
  for (let index = 0; index < truth.patients; index++) {
    const { from, to } = truth.measured(index);
    for (let slot = from; slot < to; slot++) {
      const label = truth.labelOf(index, slot);
      if (!graded.placements.includes(label.placement)) continue;
      all += 1;
      if (graded.truth(label)) is += 1;
    }
  }
  return is / all;
}

/**
 * The law of the scores has two parts, low scores and high ones, mixed so that their mean is the share of the true; of a
 * true slot each score is then as likely as score times its weight, of another as the rest of the score times it.
 */
function scoreFor(is: boolean, share: number, draw: number): number {
  const low = [0.6, 0.4, 0, 0, 0];
  const high = [0, 0, 0.3, 0.3, 0.4];
  const mean = (weights: readonly number[]) =>
    weights.reduce((sum, weight, i) => sum + (weight * SCORES[i]!) / 1000, 0);
  const mix = Math.min(1, Math.max(0, (share - mean(low)) / (mean(high) - mean(low))));
  const weights = SCORES.map((score, i) => {
    const weight = (1 - mix) * low[i]! + mix * high[i]!;
    return weight * (is ? score : 1000 - score);
  });
  let left = draw * weights.reduce((sum, weight) => sum + weight, 0);
  const at = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return SCORES[at < 0 ? SCORES.length - 1 : at]!;
}

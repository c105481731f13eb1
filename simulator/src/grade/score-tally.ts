import { areaUnderGroups, type ScoreGroup } from '../patients/fit/area-under-curve.ts';
import type { Confusion } from './confusion.ts';

/** Scores are probabilities in thousandths: 0 to 1000. */
const SCORE_MAX = 1000;
/** Bins of equal width in which a probability is held against the share that was true. */
export const CALIBRATION_BINS = 10;

/**
 * How often each score was given to a positive and to a negative. Everything that is graded of scores follows from it
 * exactly, whatever their number, and two of them merge by adding. Plain data: it goes to another thread as it is.
 */
export interface ScoreTally {
  positives: number[];
  negatives: number[];
}

export function emptyTally(): ScoreTally {
  const none = () => new Array<number>(SCORE_MAX + 1).fill(0);
  return { positives: none(), negatives: none() };
}

/** Counts one score, in thousandths; what lies outside of 0 to 1000 counts as the end that it passed. */
export function tallyScore(tally: ScoreTally, score: number, truth: boolean): void {
  const at = Math.min(SCORE_MAX, Math.max(0, Math.round(score)));
  tally[truth ? 'positives' : 'negatives'][at]! += 1;
}

export function mergeTallies(tallies: readonly ScoreTally[]): ScoreTally {
  const sum = emptyTally();
  for (const { positives, negatives } of tallies) {
    for (let at = 0; at <= SCORE_MAX; at++) {
      sum.positives[at]! += positives[at]!;
      sum.negatives[at]! += negatives[at]!;
    }
  }
  return sum;
}

/** The number of scores that were counted. */
export function tallied({ positives, negatives }: ScoreTally): ScoreGroup {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return { positives: sum(positives), negatives: sum(negatives) };
}

/** Scores at or above `threshold` (thousandths) are positive. */
export function confusionOfTally({ positives, negatives }: ScoreTally, threshold: number): Confusion {
  const found: Confusion = { truePositives: 0, falseNegatives: 0, trueNegatives: 0, falsePositives: 0 };
  for (let at = 0; at <= SCORE_MAX; at++) {
    const positive = at >= threshold;
    found[positive ? 'truePositives' : 'falseNegatives'] += positives[at]!;
    found[positive ? 'falsePositives' : 'trueNegatives'] += negatives[at]!;
  }
  return found;
}

/**
 * Area under the curve of the scores. `missed`: cases without a score. A miss is no right answer, whatever the truth:
 * a positive among them ranks below every score and a negative above, so that who does not answer cannot gain.
 * NaN when one of the classes is empty.
 */
export function areaOfTally(
  { positives, negatives }: ScoreTally,
  missed: ScoreGroup = { positives: 0, negatives: 0 },
): number {
  const groups: ScoreGroup[] = [{ positives: missed.positives, negatives: 0 }];
  for (let at = 0; at <= SCORE_MAX; at++)
    groups.push({ positives: positives[at]!, negatives: negatives[at]! });
  groups.push({ positives: 0, negatives: missed.negatives });
  return areaUnderGroups(groups);
}

/**
 * Expected calibration error: how far the probabilities lie from the shares that were true, over ten bins of equal
 * width, each with the weight of its cases (Naeini et al., AAAI 2015; Guo et al., ICML 2017). The last bin holds its
 * upper end. `null` without scores.
 */
export function calibrationErrorOf({ positives, negatives }: ScoreTally): number | null {
  const bins = Array.from({ length: CALIBRATION_BINS }, () => ({ cases: 0, scores: 0, positives: 0 }));
  let cases = 0;
  for (let score = 0; score <= SCORE_MAX; score++) {
    const here = positives[score]! + negatives[score]!;
    const bin = bins[Math.min(CALIBRATION_BINS - 1, Math.floor((score * CALIBRATION_BINS) / SCORE_MAX))]!;
    bin.cases += here;
    bin.scores += here * score;
    bin.positives += positives[score]!;
    cases += here;
  }
  if (cases === 0) return null;
  const off = bins.reduce((sum, bin) => sum + Math.abs(bin.scores / SCORE_MAX - bin.positives), 0);
  return off / cases;
}

import { areaUnderCurve } from '../patients/fit/area-under-curve.ts';
import { type Confusion, type Share, sensitivityOf, specificityOf } from './confusion.ts';
import { areaInterval, type Interval, wilsonInterval } from './intervals.ts';
import { calibrationErrorOf, emptyTally, tallyScore } from './score-tally.ts';

/** One answer beside the truth. */
export interface GradedCase {
  /** The higher, the surer that it is positive. */
  score: number;
  positive: boolean;
  truth: boolean;
}

/** A figure between 0 and 1 and its interval of 95 %. */
export interface Estimate extends Interval {
  value: number;
}

export interface ShareEstimate extends Estimate, Share {}

export interface CaseGrade {
  cases: number;
  positives: number;
  /** `null`: there was no positive, or no negative. */
  sensitivity: ShareEstimate | null;
  specificity: ShareEstimate | null;
  auroc: Estimate | null;
  /** `null`: the scores are no probabilities. */
  calibrationError: number | null;
}

export function shareEstimate(share: Share): ShareEstimate | null {
  const interval = wilsonInterval(share);
  return interval && { ...share, value: share.matched / share.of, ...interval };
}

/** What single answers come to. `probabilities`: the scores are some, in thousandths. */
export function gradeCases(cases: readonly GradedCase[], probabilities: boolean): CaseGrade {
  const confusion: Confusion = { truePositives: 0, falseNegatives: 0, trueNegatives: 0, falsePositives: 0 };
  const tally = emptyTally();
  for (const { score, positive, truth } of cases) {
    if (truth) confusion[positive ? 'truePositives' : 'falseNegatives'] += 1;
    else confusion[positive ? 'falsePositives' : 'trueNegatives'] += 1;
    if (probabilities) tallyScore(tally, score, truth);
  }
  const positives = confusion.truePositives + confusion.falseNegatives;
  const area = areaUnderCurve(
    cases.map(({ score }) => score),
    cases.map(({ truth }) => truth),
  );
  const interval = areaInterval(area, positives, cases.length - positives);
  return {
    cases: cases.length,
    positives,
    sensitivity: shareEstimate(sensitivityOf(confusion)),
    specificity: shareEstimate(specificityOf(confusion)),
    auroc: interval && { value: area, ...interval },
    calibrationError: probabilities ? calibrationErrorOf(tally) : null,
  };
}

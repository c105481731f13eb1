import type { Calibration } from '@gaitway/reference-server';
import { fitLogistic } from './logistic.ts';

/** A little, so that the fit settles where scores separate the classes altogether. */
const RIDGE = 0.01;

/**
 * What makes probabilities of log-odds: a logistic fit with the score as its only column (Platt 1999), on other people
 * than those that the score was fitted to.
 */
export function calibrate(logOdds: readonly number[], truth: readonly boolean[]): Calibration {
  const [intercept, slope] = fitLogistic(
    logOdds.map((score) => [score]),
    truth,
    RIDGE,
  );
  return { slope: rounded(slope!), intercept: rounded(intercept!) };
}

/** Coefficients are kept to three decimals: more would say more than the patients do. */
export function rounded(value: number): number {
  return Math.round(1000 * value) / 1000 + 0;
}

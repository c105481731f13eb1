import type { Contribution } from '@gaitway/contract';

/** A logistic model over few named features: log-odds = intercept + sum of weight * feature. */
export interface LinearModel<Feature extends string> {
  readonly intercept: number;
  readonly weights: Readonly<Partial<Record<Feature, number>>>;
}

/**
 * What makes a probability of log-odds: p = 1 / (1 + exp(-(slope * logOdds + intercept))) (Platt 1999). Slope 1 and
 * intercept 0: the log-odds are taken for what they say.
 */
export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** A probability as a score in thousandths. */
export function thousandths(logOdds: number): number {
  return Math.round(1000 * sigmoid(logOdds));
}

export function calibrated({ slope, intercept }: Calibration, logOdds: number): number {
  return sigmoid(slope * logOdds + intercept);
}

/**
 * What each feature adds to the log-odds, with the intercept as a row of its own, so that the rows add up to
 * the score. For a linear model these are exact.
 */
export function contributionsOf<Feature extends string>(
  model: LinearModel<Feature>,
  features: (feature: Feature) => number,
): { score: number; contributions: Contribution[] } {
  const contributions: Contribution[] = [{ feature: 'intercept', value: 1, contribution: model.intercept }];
  let score = model.intercept;
  for (const feature of Object.keys(model.weights) as Feature[]) {
    const value = features(feature);
    const contribution = model.weights[feature]! * value;
    contributions.push({ feature, value, contribution });
    score += contribution;
  }
  return { score, contributions };
}

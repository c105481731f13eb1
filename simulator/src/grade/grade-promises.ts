const CALIBRATED = [
  { threshold: 'value<=0.1', leastSamples: 200 },
  { threshold: 'value<=0.05', leastSamples: 200, severity: 'should' },
] as const;

/**
 * What a run promises of its grades where a scenario says nothing else, as k6 thresholds. Nearly every slot must be
 * answered; the area and the calibration error are limits that an honest server keeps with room to spare, so that they
 * tell a server that repeats, guesses or makes up its answers from one that infers. How good the models should be is
 * another question, and is only asked (`should`).
 */
export const GRADE_PROMISES = {
  grade_coverage: [{ threshold: 'rate>=0.99', leastSamples: 200 }],
  grade_foreign_scores: [{ threshold: 'count==0', leastSamples: 200 }],
  'grade_auroc{condition:tremor}': [{ threshold: 'value>=0.85', leastSamples: 200 }],
  'grade_auroc{condition:gait}': [{ threshold: 'value>=0.85', leastSamples: 200 }],
  'grade_calibration_error{condition:tremor}': CALIBRATED,
  'grade_calibration_error{condition:gait}': CALIBRATED,
  'grade_calibration_error{condition:freezing}': CALIBRATED,
} as const;

/**
 * With so many slots that chance moves the calibration error by less than a hundredth, that of gait tells a server that
 * squares its probabilities from the honest one: honest 0.012 to 0.025, squared 0.037 to 0.051, over ten seeds of 60
 * patients for half an hour (three of them other cohorts). That of tremor does not: an honest one is as far off with some
 * seeds as a squared one with others. And a freeze is so rare that either is near 0.
 */
export const GRADE_PROMISES_OF_MANY = {
  ...GRADE_PROMISES,
  'grade_calibration_error{condition:gait}': [{ threshold: 'value<=0.03', leastSamples: 10_000 }],
} as const;

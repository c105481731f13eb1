const CALIBRATED = [
  { threshold: 'value<=0.1', leastSamples: 200 },
  { threshold: 'value<=0.05', leastSamples: 200, severity: 'should' },
] as const;

/**
 * Freezes and falls are rare: with fewer than this of them chance decides. At midnight, when runs begin, 10,000 patients have
 * 260 to 330 freezes in five minutes, and one fall at the most. Of slots and freezes of three seeds of such a run the built-in model has an area of 0.83
 * to 0.85 and meets 73 to 78 %; devices alone, before the server withdraws anything, tell of 0.06 to 0.5 falls too many a patient and day.
 */
const FREEZING_AREA = { threshold: 'value>=0.7', leastSamples: 10_000 } as const;
const FREEZES_MET = { threshold: 'rate>=0.5', leastSamples: 100 } as const;
const FALLS_MET = { threshold: 'rate>=0.8', leastSamples: 20, severity: 'should' } as const;
const FALSE_FALLS = { threshold: 'value<=2', leastSamples: 500 } as const;
const asked = <Limit extends object>(limit: Limit) => [{ ...limit, severity: 'should' as const }];

/**
 * What a run promises of its grades where a scenario says nothing else, as k6 thresholds. Nearly every slot must be
 * answered; the area and the calibration error are limits that an honest server keeps with room to spare, so that they
 * tell a server that repeats, guesses or makes up its answers from one that infers. How good the models should be is
 * another question, and is only asked (`should`).
 */
export const GRADE_PROMISES = {
  grade_coverage: [{ threshold: 'rate>=0.99', leastSamples: 200 }],
  grade_foreign_scores: [{ threshold: 'count==0', leastSamples: 100 }],
  'grade_auroc{condition:tremor}': [{ threshold: 'value>=0.85', leastSamples: 200 }],
  'grade_auroc{condition:gait}': [{ threshold: 'value>=0.85', leastSamples: 200 }],
  'grade_calibration_error{condition:tremor}': CALIBRATED,
  'grade_calibration_error{condition:gait}': CALIBRATED,
  'grade_calibration_error{condition:freezing}': CALIBRATED,
  'grade_auroc{condition:freezing}': asked(FREEZING_AREA),
  'grade_event_sensitivity{condition:freezing}': asked(FREEZES_MET),
  'grade_event_sensitivity{condition:fall}': [FALLS_MET],
  grade_fall_false_alarms: asked(FALSE_FALLS),
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
  'grade_auroc{condition:freezing}': [FREEZING_AREA],
  'grade_event_sensitivity{condition:freezing}': [FREEZES_MET],
  grade_fall_false_alarms: [FALSE_FALLS],
} as const;

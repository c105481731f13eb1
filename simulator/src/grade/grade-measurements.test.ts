import { evaluateSlo, parseSlo, type RunGrades, type SloResult } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { gradeMeasurements } from './grade-measurements.ts';
import { notGraded } from './run-grades.ts';

const NO_ALERTS = { count: 0, p50Ms: null, p90Ms: null, p95Ms: null, maxMs: null, withoutEvent: 0 };
const TREMOR: RunGrades['conditions'][number] = {
  ...{ condition: 'tremor', excused: {}, expected: 100, answered: 98, missing: 2, late: 0, refused: 0 },
  ...{ coverage: 0.98, positives: 20, truePositives: 18, trueNegatives: 60, sensitivity: 0.9 },
  ...{ specificity: 0.75, auroc: 0.95, calibrationError: 0.02 },
  events: { events: 5, found: 4, falseAlarms: 1 },
  alerts: { ...NO_ALERTS, count: 30, p50Ms: 800, p90Ms: 1500, p95Ms: 1900, maxMs: 2500 },
};
const GAIT: RunGrades['conditions'][number] = {
  ...TREMOR,
  ...{ condition: 'gait', answered: 100, coverage: 1, auroc: 0.8, calibrationError: 0.09, alerts: NO_ALERTS },
};
const GRADES: RunGrades = {
  ...{ verdict: 'fails', reasons: [], misplaced: 0, conditions: [TREMOR, GAIT] },
  falls: { events: 10, found: 8, falseAlarms: 1, alerts: NO_ALERTS },
};

function judged(text: string, grades: RunGrades = GRADES): SloResult {
  const parsed = parseSlo(text, { leastSamples: 1 });
  if (!parsed.ok) throw new Error(parsed.problems[0]!.says);
  return evaluateSlo(parsed.slo, new Map(gradeMeasurements(grades)));
}

describe('grades as metrics', () => {
  it('count whole patient-hours as samples of false falls, which a record keeps as whole numbers', () => {
    const found = judged('grade_fall_false_alarms: value<=2', { ...GRADES, patientHours: 24.9 });
    expect(found).toMatchObject({ verdict: 'holds', samples: 24 });
    expect(judged('grade_fall_false_alarms: value<=0.9', { ...GRADES, patientHours: 24.9 }).verdict).toBe(
      'fails',
    );
  });

  it('have no false falls of a day of people who were made to fall all day', () => {
    const boosted = { ...GRADES, patientHours: 24.9, fallBoost: 400 };
    expect(judged('grade_fall_false_alarms: value<=2', boosted)).toMatchObject({
      verdict: 'no-verdict',
      says: expect.stringMatching(/alls are 400 times as frequent as people's/),
    });
  });

  it.each([
    ['grade_coverage{condition:tremor}: rate>=0.99', 'fails', 0.98, 100],
    ['grade_coverage{condition:gait}: rate>=0.99', 'holds', 1, 100],
    ['grade_coverage: rate>=0.99', 'fails', 0.98, 100],
    ['grade_foreign_scores: count==0', 'holds', 0, 200],
    ['grade_sensitivity{condition:tremor}: rate>=0.9', 'holds', 0.9, 20],
    ['grade_sensitivity{condition:fall}: rate>=0.9', 'fails', 0.8, 10],
    ['grade_specificity{condition:tremor}: rate>0.7', 'holds', 0.75, 80],
    ['grade_event_sensitivity{condition:tremor}: rate>=0.8', 'holds', 0.8, 5],
    ['grade_auroc: value>=0.85', 'fails', 0.8, 100],
    ['grade_auroc{condition:tremor}: value>=0.85', 'holds', 0.95, 100],
    ['grade_calibration_error: value<=0.05', 'fails', 0.09, 100],
    ['grade_alert_delay{condition:tremor}: p(95)<2000', 'holds', 1900, 30],
    ['grade_alert_delay: max<2000', 'fails', 2500, 30],
  ])('%s: %s', (text, verdict, measured, samples) => {
    expect(judged(text)).toMatchObject({ verdict, measured, samples, subject: 'grade' });
  });

  it('that nobody could give leave the verdict open, and say why', () => {
    const grades = notGraded('the archive could not be read');
    for (const metric of ['grade_coverage: rate>=0.99', 'grade_auroc{condition:tremor}: value>0.5']) {
      expect(judged(metric, grades)).toMatchObject({
        verdict: 'no-verdict',
        says: 'The archive could not be read.',
      });
    }
    expect(judged('grade_alert_delay{condition:gait}: p(95)<9').verdict).toBe('no-verdict');
    expect(judged('grade_alert_delay{condition:tremor}: avg<9').verdict).toBe('no-verdict');
    expect(judged('grade_coverage{condition:rigidityProxy}: rate>=0.99').verdict).toBe('no-verdict');
  });

  it('of too few samples leave it open as well', () => {
    const parsed = parseSlo('grade_auroc{condition:tremor}: value>=0.85', { leastSamples: 200 });
    if (!parsed.ok) throw new Error('unreadable');
    expect(evaluateSlo(parsed.slo, new Map(gradeMeasurements(GRADES))).verdict).toBe('no-verdict');
  });
});

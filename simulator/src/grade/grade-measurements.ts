import {
  GRADE_SUBJECTS,
  type GradeSubject,
  type Measurement,
  type RunGrades,
  type SloMetricKey,
  selectorText,
} from '@gaitway/contract';

type Grade = RunGrades['conditions'][number];
type Delays = Grade['alerts'];
/** Of the run as a whole, and of no condition. */
type WholeMetric = 'grade_foreign_scores' | 'grade_fall_false_alarms';
type GradeMetric = Exclude<Extract<SloMetricKey, `grade_${string}`>, WholeMetric>;

/** What a metric is of one condition; `undefined`: it has none. `badness`: the higher, the worse. */
interface Found {
  measurement: Measurement;
  badness: number;
}

const EVIDENCE = 'grades';

function rate(matched: number, samples: number): Found | undefined {
  if (samples === 0) return undefined;
  return { measurement: { form: 'rate', samples, matched, evidence: EVIDENCE }, badness: -matched / samples };
}

function gauge(value: number | null, samples: number, worse: 'high' | 'low'): Found | undefined {
  if (value === null) return undefined;
  const badness = worse === 'high' ? value : -value;
  return { measurement: { form: 'gauge', samples, value, evidence: EVIDENCE }, badness };
}

function delay({ count, p50Ms, p90Ms, p95Ms, maxMs }: Delays): Found | undefined {
  if (maxMs === null) return undefined;
  const kept = new Map([
    [50, p50Ms],
    [90, p90Ms],
    [95, p95Ms],
    [100, maxMs],
  ]);
  return {
    measurement: {
      ...{ form: 'trend', samples: count, evidence: EVIDENCE },
      // Only the quantiles were kept: the least and the mean are not known.
      ...{ min: Number.NaN, avg: Number.NaN, max: maxMs },
      percentile: (percentile) => kept.get(percentile) ?? undefined,
    },
    badness: p95Ms ?? maxMs,
  };
}

const OF_SLOTS: Readonly<Record<GradeMetric, (grade: Grade) => Found | undefined>> = {
  grade_coverage: ({ answered, expected }) => rate(answered, expected),
  grade_sensitivity: ({ truePositives, positives }) => rate(truePositives, positives),
  grade_specificity: ({ trueNegatives, expected, positives }) => rate(trueNegatives, expected - positives),
  grade_event_sensitivity: ({ events }) => rate(events.found, events.events),
  grade_auroc: ({ auroc, expected }) => gauge(auroc, expected, 'low'),
  grade_calibration_error: ({ calibrationError, answered }) => gauge(calibrationError, answered, 'high'),
  grade_alert_delay: ({ alerts }) => delay(alerts),
};

const OF_FALLS: Readonly<
  Partial<Record<GradeMetric, (falls: NonNullable<RunGrades['falls']>) => Found | undefined>>
> = {
  grade_sensitivity: ({ found, events }) => rate(found, events),
  grade_event_sensitivity: ({ found, events }) => rate(found, events),
  grade_alert_delay: ({ alerts }) => delay(alerts),
};

/** The grades of a run as the metrics that SLOs are about: of each condition, and of the worst of them. */
export function gradeMeasurements(grades: RunGrades): [selector: string, Measurement][] {
  const ofConditions = (Object.keys(OF_SLOTS) as GradeMetric[]).flatMap((metric) => {
    const found = new Map<GradeSubject, Found | undefined>();
    for (const grade of grades.conditions) found.set(grade.condition, OF_SLOTS[metric](grade));
    if (grades.falls !== null) found.set('fall', OF_FALLS[metric]?.(grades.falls));
    const known = [...found.values()].filter((each) => each !== undefined);
    const worst = known.sort((one, other) => other.badness - one.badness)[0];
    const missing = (what: string): Measurement => ({
      form: 'missing',
      says: grades.reasons.join('; ') || `no ${what} of this run can be graded so`,
    });
    return [
      [metric, worst?.measurement ?? missing('condition')],
      ...GRADE_SUBJECTS.map((condition): [string, Measurement] => [
        selectorText(metric, { condition }),
        found.get(condition)?.measurement ?? missing(condition),
      ]),
    ] satisfies [string, Measurement][];
  });
  return [
    ['grade_foreign_scores', foreignScores(grades)],
    ['grade_fall_false_alarms', fallFalseAlarms(grades)],
    ...ofConditions,
  ];
}

function foreignScores({ conditions, misplaced, otherwise = 0, reasons }: RunGrades): Measurement {
  const samples = conditions.reduce((sum, { expected }) => sum + expected, 0);
  if (samples === 0)
    return { form: 'missing', says: reasons.join('; ') || 'no slot of this run could be answered' };
  return { form: 'counter', samples, count: misplaced + otherwise, evidence: EVIDENCE };
}

function fallFalseAlarms({ falls, patientHours = 0, fallBoost, reasons }: RunGrades): Measurement {
  if (fallBoost !== undefined)
    return {
      form: 'missing',
      says: `falls are ${fallBoost} times as frequent as people's (fallBoost): false alarms are counted on a cohort without`,
    };
  if (patientHours === 0)
    return { form: 'missing', says: reasons.join('; ') || 'how long patients were graded for is not known' };
  const value = (24 * (falls?.falseAlarms ?? 0)) / patientHours;
  return { form: 'gauge', samples: Math.floor(patientHours), value, evidence: EVIDENCE };
}

import { AUDIT_CATEGORIES } from '../audit-categories.ts';
import { GRADE_SUBJECTS } from '../grade-subjects.ts';
import type { Subject } from './verdict.ts';

/** What kind of numbers a metric gives; it decides which statistics can be asked of it (as in k6). */
export const METRIC_FORMS = {
  /** Many values, of which a distribution is known. */
  trend: ['avg', 'min', 'med', 'max', 'p'],
  /** Something that was counted; `rate` is per second. */
  counter: ['count', 'rate'],
  /** So many of so many, 0 to 1. */
  rate: ['rate'],
  /** One value. */
  gauge: ['value'],
} as const;
export type MetricForm = keyof typeof METRIC_FORMS;
export type StatisticName = (typeof METRIC_FORMS)[MetricForm][number];

export interface SloMetric {
  readonly form: MetricForm;
  readonly subject: Subject;
  /** Unit of its values; an empty text for counts and ratios. */
  readonly unit: 'ms' | '';
  /** What its samples are, in the plural. */
  readonly samples: string;
  readonly says: string;
  /** Tags that select a part of it, and every value that each may have. */
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  /**
   * What it means that the expression is not true. A generator that lagged does not fail, it voids the run; and a load
   * that was not played breaks no promise, but nothing can be said of the one that was planned.
   */
  readonly whenUntrue: 'fails' | 'invalid' | 'no-verdict';
  /**
   * What too few samples mean. The audit gives no verdict then; and what it found wrong is wrong, however
   * little it compared.
   */
  readonly whenTooFew: 'invalid' | 'no-verdict';
}

const measured = { whenUntrue: 'fails', whenTooFew: 'invalid' } as const;

/** Without a tag a grade is that of the condition that is worst. */
const graded = {
  subject: 'grade',
  tags: { condition: GRADE_SUBJECTS },
  whenUntrue: 'fails',
  whenTooFew: 'no-verdict',
} as const;

/** Every metric of a run that an SLO can be about. */
export const SLO_METRICS = {
  ack_latency: {
    form: 'trend',
    subject: 'latency',
    unit: 'ms',
    samples: 'readings',
    says: 'From the moment a reading was first due to the acknowledgement that released it; readings due in the measure phase.',
    ...measured,
  },
  viewer_freshness_reading: {
    form: 'trend',
    subject: 'freshness',
    unit: 'ms',
    samples: 'readings to see',
    says: 'From the moment a reading of a watched patient was due to the moment a viewer received it, or a newer one first; one never seen counts with its age when the viewers left.',
    ...measured,
  },
  viewer_freshness_window: {
    form: 'trend',
    subject: 'freshness',
    unit: 'ms',
    samples: 'windows to see',
    says: 'From the closing of a window of a watched patient to the moment a viewer received it, or a newer one first; one never seen counts with its age when the viewers left.',
    ...measured,
  },
  readings_made: {
    form: 'rate',
    subject: 'load',
    unit: '',
    samples: 'readings',
    says: 'Share of the readings planned for the measure phase that the devices made. Below 1 where the server told them another rate: then the plan was not played.',
    whenUntrue: 'no-verdict',
    whenTooFew: 'no-verdict',
  },
  readings_sent: {
    form: 'counter',
    subject: 'load',
    unit: '',
    samples: 'readings',
    says: 'Readings due in the measure phase that were sent at least once.',
    ...measured,
  },
  readings_not_sent_on_time: {
    form: 'rate',
    subject: 'load',
    unit: '',
    samples: 'readings',
    says: 'Share of the planned readings that the generator could not send when they were due.',
    ...measured,
  },
  readings_unacknowledged: {
    form: 'rate',
    subject: 'load',
    unit: '',
    samples: 'readings',
    says: 'Share of the sent readings that had no acknowledgement when the drain ended.',
    ...measured,
  },
  devices_connected: {
    form: 'rate',
    subject: 'load',
    unit: '',
    samples: 'devices',
    says: 'Share of the devices that joined the server at least once.',
    ...measured,
  },
  audit: {
    form: 'counter',
    subject: 'audit',
    unit: '',
    samples: 'complete windows',
    says: 'What the audit found wrong when it compared the ledger with the archive.',
    tags: { category: AUDIT_CATEGORIES },
    whenUntrue: 'fails',
    whenTooFew: 'no-verdict',
  },
  grade_coverage: {
    ...graded,
    form: 'rate',
    unit: '',
    samples: 'slots to answer',
    says: 'Share of the slots that the truth knows, and that can be answered, of which the server has a score in time.',
  },
  grade_foreign_scores: {
    form: 'counter',
    subject: 'grade',
    unit: '',
    samples: 'slots to answer',
    says: "Scores that cannot be of the patient that they are stored for: made of another's readings, at none of the patient's slots, or, where computed once more, not what the model that they name says of the patient's readings.",
    whenUntrue: 'fails',
    whenTooFew: 'no-verdict',
  },
  grade_sensitivity: {
    ...graded,
    form: 'rate',
    unit: '',
    samples: 'true slots',
    says: 'Share of the slots of which it is true that were answered so; without an answer is not found. Of falls: of the falls.',
  },
  grade_specificity: {
    ...graded,
    form: 'rate',
    unit: '',
    samples: 'other slots',
    says: 'Share of the other slots that were answered so; without an answer is not.',
  },
  grade_event_sensitivity: {
    ...graded,
    form: 'rate',
    unit: '',
    samples: 'events',
    says: 'Share of the whole events (bouts, freezes, falls) that a positive answer met.',
  },
  grade_fall_false_alarms: {
    form: 'gauge',
    subject: 'grade',
    unit: '',
    samples: 'patient-hours',
    says: 'Alerts of falls that mean none and were not withdrawn, a patient and day of 24 hours.',
    whenUntrue: 'fails',
    whenTooFew: 'no-verdict',
  },
  grade_auroc: {
    ...graded,
    form: 'gauge',
    unit: '',
    samples: 'slots to answer',
    says: 'Area under the receiver operating characteristic; a slot without an answer ranks as the worst answer.',
  },
  grade_calibration_error: {
    ...graded,
    form: 'gauge',
    unit: '',
    samples: 'answered slots',
    says: 'Expected calibration error over ten bins of equal width, of the slots that were answered.',
  },
  grade_alert_delay: {
    ...graded,
    form: 'trend',
    unit: 'ms',
    samples: 'alerts',
    says: 'From the onset of what is true to the moment at which the first viewer got the alert.',
  },
  server_ended: {
    form: 'counter',
    // As with the audit, it is a fact that no clock has measured: a generator that lagged does not void it.
    subject: 'audit',
    unit: '',
    samples: 'servers',
    says: "The run's own servers that ended during the run, and nobody had asked them to.",
    whenUntrue: 'fails',
    whenTooFew: 'no-verdict',
  },
  generator_valid: {
    form: 'gauge',
    subject: 'generator',
    unit: '',
    samples: 'runs',
    says: '1 when the load generator kept its own limits, else 0.',
    whenUntrue: 'invalid',
    whenTooFew: 'invalid',
  },
} as const satisfies Record<string, SloMetric>;

export type SloMetricKey = keyof typeof SLO_METRICS;

/** The row of a metric, with its optional columns. */
export function sloMetric(key: SloMetricKey): SloMetric {
  return SLO_METRICS[key];
}

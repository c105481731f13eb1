import {
  AUDIT_CATEGORIES,
  AUDIT_FAULTS,
  type LatencySummary,
  type Measurement,
  type Measurements,
  type RunRecord,
  selectorText,
} from '@gaitway/contract';

/** The parts of a run record that hold what was measured. */
export type MeasuredRun = Pick<
  RunRecord,
  'load' | 'latency' | 'freshness' | 'audit' | 'generator' | 'phases'
>;

/** What a run measured, as the metrics that SLOs are about. */
export function measurementsOfRun(run: MeasuredRun): Measurements {
  const { load, freshness } = run;
  const measurements = new Map<string, Measurement>([
    ['ack_latency', trend(run.latency.ack, 'no reading was measured', 'latency.ack')],
    [
      'viewer_freshness_reading',
      trend(freshness.viewer.reading, 'no viewer received a reading', 'freshness.viewer.reading'),
    ],
    [
      'viewer_freshness_window',
      trend(freshness.viewer.window, 'no viewer received a window', 'freshness.viewer.window'),
    ],
    ['readings_sent', sent(run)],
    ['readings_not_sent_on_time', rate(load.planned, load.notSentOnTime, 'load.notSentOnTime')],
    ['readings_unacknowledged', rate(load.sent, load.unacknowledged, 'load.unacknowledged')],
    ['devices_connected', rate(load.devices.planned, load.devices.connected, 'load.devices')],
    ['generator_valid', generator(run)],
    ['audit', audit(run, AUDIT_FAULTS)],
  ]);
  for (const category of AUDIT_CATEGORIES) {
    measurements.set(selectorText('audit', { category }), audit(run, [category]));
  }
  return measurements;
}

function trend(summary: LatencySummary, withoutSamples: string, evidence: string): Measurement {
  const { count, minMs, meanMs, maxMs } = summary;
  if (count === 0 || minMs === null || meanMs === null || maxMs === null) {
    return { form: 'missing', says: withoutSamples };
  }
  const kept = new Map<number, number | null>([
    [0, minMs],
    [50, summary.p50Ms],
    [90, summary.p90Ms],
    [95, summary.p95Ms],
    [99, summary.p99Ms],
    [99.9, summary.p999Ms],
    [100, maxMs],
  ]);
  return {
    form: 'trend',
    samples: count,
    min: minMs,
    avg: meanMs,
    max: maxMs,
    percentile: (percentile) => kept.get(percentile) ?? undefined,
    evidence,
  };
}

function rate(samples: number, matched: number, evidence: string): Measurement {
  return { form: 'rate', samples, matched, evidence };
}

function sent({ load, phases }: MeasuredRun): Measurement {
  const measure = phases.find(({ phase }) => phase === 'measure');
  const seconds = measure === undefined ? 0 : (measure.toMs - measure.fromMs) / 1000;
  return { form: 'counter', samples: load.sent, count: load.sent, seconds, evidence: 'load.sent' };
}

/** The reasons themselves are printed beside the table, once. */
function generator({ generator: { valid } }: MeasuredRun): Measurement {
  const evidence = valid ? 'generator' : 'generator.reasons';
  return { form: 'gauge', samples: 1, value: valid ? 1 : 0, evidence };
}

/** What was found counts, however much could not be compared; nothing found counts only of a whole audit. */
function audit(
  { audit: result }: MeasuredRun,
  categories: readonly (typeof AUDIT_CATEGORIES)[number][],
): Measurement {
  const count = categories.reduce((sum, category) => sum + result[category], 0);
  if (count === 0 && result.verdict === 'no-verdict') {
    return { form: 'missing', says: result.reasons.join('; ') || 'the run was not audited' };
  }
  const examples = result.examples.filter(({ category }) => categories.some((each) => each === category));
  return {
    form: 'counter',
    samples: result.compared.windows.complete,
    count,
    evidence: examples[0]?.says ?? 'audit',
  };
}

import {
  AUDIT_CATEGORIES,
  AUDIT_FAULTS,
  type LatencySummary,
  type Measurement,
  type Measurements,
  type RunRecord,
  selectorText,
} from '@gaitway/contract';
import { gradeMeasurements } from '@gaitway/simulator';

/** The parts of a run record that hold what was measured. */
export type MeasuredRun = Pick<
  RunRecord,
  | 'load'
  | 'latency'
  | 'freshness'
  | 'audit'
  | 'grades'
  | 'generator'
  | 'phases'
  | 'interrupted'
  | 'ownServers'
>;

/** What a run measured, as the metrics that SLOs are about. */
export function measurementsOfRun(run: MeasuredRun): Measurements {
  const { load, freshness } = run;
  const measurements = new Map<string, Measurement>([
    ['ack_latency', trend(run.latency.ack, 'no reading was measured', 'latency.ack')],
    [
      'viewer_freshness_reading',
      seen(run, freshness.viewer.reading, 'no viewer came to watch anyone', 'freshness.viewer.reading'),
    ],
    [
      'viewer_freshness_window',
      seen(
        run,
        freshness.viewer.window,
        'no viewer came to watch anyone, or no window closed',
        'freshness.viewer.window',
      ),
    ],
    ['readings_made', made(run)],
    ['readings_sent', sent(run)],
    ['readings_not_sent_on_time', rate(load.planned, load.notSentOnTime, 'load.notSentOnTime')],
    ['readings_unacknowledged', rate(load.sent, load.unacknowledged, 'load.unacknowledged')],
    ['devices_connected', rate(load.devices.planned, load.devices.connected, 'load.devices')],
    ['server_ended', ended(run)],
    ['generator_valid', generator(run)],
    ['audit', audit(run, AUDIT_FAULTS)],
    ...gradeMeasurements(run.grades),
  ]);
  for (const category of AUDIT_CATEGORIES) {
    measurements.set(selectorText('audit', { category }), audit(run, [category]));
  }
  return measurements;
}

/** Whether devices made fewer readings than the plan has, and nobody had cut the run short. */
export function playedLess({ load, interrupted }: Pick<MeasuredRun, 'load' | 'interrupted'>): boolean {
  return !interrupted && load.madeInMeasure < load.planned;
}

/** What there was to see is known by the plan: where another one was played it is not. */
function seen(
  { load, interrupted }: MeasuredRun,
  summary: LatencySummary,
  withoutSamples: string,
  evidence: string,
): Measurement {
  if (!interrupted && load.madeInMeasure !== load.planned) {
    return {
      form: 'missing',
      says: 'devices did not make the readings that were planned for viewers to see',
    };
  }
  return trend(summary, withoutSamples, evidence);
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

function rate(samples: number, matched: number, evidence: string) {
  return { form: 'rate', samples, matched, evidence } as const;
}

/** Latency and freshness of fewer readings than planned say nothing of the plan, however good they are. */
function made({ load, interrupted }: MeasuredRun): Measurement {
  const { planned, madeInMeasure, commands } = load;
  if (interrupted) return { form: 'missing', says: 'the run was cut short: what was planned was not played' };
  const rates = commands.rate ?? 0;
  const why =
    rates > 0
      ? `the server told devices another rate (${rates} \`rate\` command${rates === 1 ? '' : 's'})`
      : 'what became of the others is not known';
  return {
    ...rate(planned, madeInMeasure, 'load.madeInMeasure'),
    untrueSays: `Of ${planned} planned readings ${madeInMeasure} were made: ${why}.`,
  };
}

function ended({ ownServers }: MeasuredRun): Measurement {
  const { started, ended: sentences } = ownServers;
  if (started === 0) return { form: 'missing', says: 'the run had no server of its own' };
  return {
    form: 'counter',
    samples: started,
    count: sentences.length,
    evidence: 'ownServers.ended',
    untrueSays: sentences.join(' '),
  };
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

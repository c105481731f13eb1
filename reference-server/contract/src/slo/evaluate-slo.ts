import type { Measurements } from './measurement.ts';
import { statisticOf } from './measurement.ts';
import { type SloMetric, sloMetric } from './metrics.ts';
import { expressionText, meetsLimit, type Slo, selectorText, statisticText } from './slo.ts';
import type { Severity, Subject, Verdict } from './verdict.ts';

/** What became of one SLO: plain data, a row of every rendering and of the run record. */
export interface SloResult {
  subject: Subject;
  severity: Severity;
  /** `ack_latency`, `audit{category:lost}`. */
  metric: string;
  /** `p(95)<200`. */
  expression: string;
  unit: string;
  verdict: Verdict;
  /** `null`: it was not measured, or nothing can be said of it. */
  measured: number | null;
  samples: number;
  leastSamples: number;
  /** One sentence: why this verdict. */
  says: string;
  /** Where to look. */
  evidence: string;
}

/**
 * Holds an SLO against what was measured. Without samples, or with fewer than it asks for, it never holds.
 */
export function evaluateSlo(slo: Slo, measurements: Measurements): SloResult {
  const row = sloMetric(slo.metric);
  const metric = selectorText(slo.metric, slo.tags);
  const measurement = measurements.get(metric);
  const base = {
    subject: row.subject,
    severity: slo.severity,
    metric,
    expression: expressionText(slo),
    unit: row.unit,
    leastSamples: slo.leastSamples,
  };
  if (measurement === undefined || measurement.form === 'missing') {
    const says = measurement?.says ?? 'it was not measured in this run';
    return { ...base, verdict: 'no-verdict', measured: null, samples: 0, says: sentence(says), evidence: '' };
  }
  const { samples, evidence = '' } = measurement;
  const measured = samples > 0 ? finite(statisticOf(measurement, slo.statistic)) : null;
  const settled = { ...base, measured, samples, evidence };
  const holds = measured !== null && meetsLimit(measured, slo.operator, slo.limit);
  const more = 'untrueSays' in measurement ? measurement.untrueSays : undefined;
  // A fault that the audit found is a fault, however little it could compare.
  if (row.subject === 'audit' && !holds && measurement.form === 'counter' && measurement.count > 0) {
    const found = statisticOf(measurement, slo.statistic);
    if (found !== undefined && !meetsLimit(found, slo.operator, slo.limit)) {
      return { ...settled, measured: found, verdict: 'fails', says: more ?? untrue(row, found, slo) };
    }
  }
  if (samples < slo.leastSamples) {
    const says = `${count(samples, row.samples)}, and at least ${slo.leastSamples} are needed.`;
    return { ...settled, verdict: row.whenTooFew, says: `Only ${says}` };
  }
  if (measured === null) {
    const says = `${statisticText(slo.statistic)} of ${metric} is not known: ask for one that was kept.`;
    return { ...settled, verdict: 'no-verdict', says };
  }
  if (!holds) return { ...settled, verdict: row.whenUntrue, says: more ?? untrue(row, measured, slo) };
  return { ...settled, verdict: 'holds', says: `True of ${count(samples, row.samples)}.` };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function count(samples: number, plural: string): string {
  return samples === 1 ? `1 ${plural.replace(/s( seen)?$/, '$1')}` : `${samples} ${plural}`;
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
}

function untrue(row: SloMetric, measured: number, slo: Slo): string {
  const unit = row.unit === '' ? '' : ` ${row.unit}`;
  const shown = `${Number(measured.toPrecision(5))}${unit}`;
  if (row.subject === 'generator') return 'The load generator was the bottleneck: see generator.reasons.';
  return `${statisticText(slo.statistic)} is ${shown}; promised is ${slo.operator} ${slo.limit}${unit}.`;
}

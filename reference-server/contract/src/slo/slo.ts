import { METRIC_FORMS, type SloMetricKey, type StatisticName, sloMetric } from './metrics.ts';

export const OPERATORS = ['<', '<=', '>', '>=', '==', '!='] as const;
export type Operator = (typeof OPERATORS)[number];

/** `p` carries its percentile, 0 to 100. */
export type Statistic = { name: Exclude<StatisticName, 'p'> } | { name: 'p'; percentile: number };

/** One promise about a run that can be checked: k6's threshold, with a weight and a least number of samples. */
export interface Slo {
  metric: SloMetricKey;
  tags: Record<string, string>;
  statistic: Statistic;
  operator: Operator;
  /** In the metric's unit. */
  limit: number;
  severity: 'must' | 'should';
  /** With fewer samples it cannot hold. */
  leastSamples: number;
}

/** How sure one can be of a percentile depends on what lies beyond it: ten samples at least. */
const SAMPLES_BEYOND_PERCENTILE = 10;

/** The least number of samples where an SLO states none. */
export function leastSamplesDefault(statistic: Statistic): number {
  if (statistic.name === 'p' || statistic.name === 'med') {
    const percentile = statistic.name === 'p' ? statistic.percentile : 50;
    // Rounded before the ceiling: 10 / 0.001 is not exactly 10000 in floating point.
    if (percentile < 100)
      return Math.ceil(Number((SAMPLES_BEYOND_PERCENTILE / (1 - percentile / 100)).toFixed(3)));
  }
  return statistic.name === 'avg' ? 2 * SAMPLES_BEYOND_PERCENTILE : 1;
}

/** `p(95)`, `avg`. */
export function statisticText(statistic: Statistic): string {
  return statistic.name === 'p' ? `p(${statistic.percentile})` : statistic.name;
}

/** `audit{category:lost}`: how a metric and its tags are written, and the key of its measurement. */
export function selectorText(metric: SloMetricKey, tags: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.keys(tags)
    .sort()
    .map((name) => `${name}:${tags[name]}`);
  return pairs.length === 0 ? metric : `${metric}{${pairs.join(',')}}`;
}

/** `p(95)<200`: the expression as k6 writes it. */
export function expressionText(slo: Pick<Slo, 'statistic' | 'operator' | 'limit'>): string {
  return `${statisticText(slo.statistic)}${slo.operator}${slo.limit}`;
}

/** `ack_latency: p(95)<200`. Reading it again gives the same SLO (but for severity and least samples). */
export function sloText(slo: Slo): string {
  return `${selectorText(slo.metric, slo.tags)}: ${expressionText(slo)}`;
}

/** The statistics that can be asked of a metric, as they are written. */
export function statisticsOf(metric: SloMetricKey): string[] {
  return METRIC_FORMS[sloMetric(metric).form].map((name) => (name === 'p' ? 'p(N)' : name));
}

export function meetsLimit(value: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}

import { METRICS, type Metric, type MetricKey, type MetricKind } from '@gaitway/contract';

export type Labels = Readonly<Record<string, string>>;

/** The catalogue's entry; a kind that does not fit is our bug and throws. */
export function metricOf(key: MetricKey, kind: MetricKind): Metric {
  const metric: Metric | undefined = METRICS[key];
  if (metric === undefined) throw new Error(`the catalogue has no metric '${key}'`);
  if (metric.kind !== kind) throw new Error(`${metric.name} is a ${metric.kind}, not a ${kind}`);
  return metric;
}

/** Throws unless `labels` gives each of the metric's labels one of its values, and nothing else. */
export function checkLabels(metric: Metric, labels: Labels): void {
  const declared = metric.labels ?? {};
  for (const [label, value] of Object.entries(labels)) {
    const values = declared[label];
    if (values === undefined) throw new Error(`${metric.name} has no label '${label}'`);
    if (!values.includes(value)) throw new Error(`label '${label}' of ${metric.name} is never '${value}'`);
  }
  for (const label of Object.keys(declared)) {
    if (labels[label] === undefined) throw new Error(`${metric.name} needs its label '${label}'`);
  }
}

/** Every combination of values that the metric's labels may have; one empty one without labels. */
export function everyLabels(metric: Metric): Labels[] {
  let combinations: Labels[] = [{}];
  for (const [label, values] of Object.entries(metric.labels ?? {})) {
    combinations = combinations.flatMap((labels) => values.map((value) => ({ ...labels, [label]: value })));
  }
  return combinations;
}

/** One text for a metric and its labels, whatever order they were given in. */
export function seriesKey(key: MetricKey, labels: Labels): string {
  const names = Object.keys(labels);
  if (names.length === 0) return key;
  return `${key}{${names
    .sort()
    .map((name) => `${name}=${labels[name]}`)
    .join(',')}}`;
}

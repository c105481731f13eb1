export type MetricKind = 'counter' | 'gauge' | 'histogram';
export type MetricUnit = 'seconds' | 'bytes' | 'ratio' | 'count';

export interface Metric {
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  readonly help: string;
  /** Label name and every value that it may have. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** Of a gauge for which 0 says something that nobody knows before a first look: it has no value until it is set. */
  readonly unknownUntilSet?: true;
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** Upper bounds of the buckets of what a reading or a person waits for, in seconds. */
export const LATENCY_SECONDS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60,
] as const;

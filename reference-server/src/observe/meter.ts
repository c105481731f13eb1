import type { MetricKey } from '@gaitway/contract';

/** Something that counts up. */
export interface Counter {
  add(count?: number): void;
}
export interface Gauge {
  set(value: number): void;
  /** Asks for the value whenever somebody looks: for what changes by itself, as an age does. The last to be followed counts. */
  follow(value: () => number): void;
}
/** Takes values in the metric's own unit. */
export interface Histogram {
  record(value: number): void;
}

/**
 * Where measurements go. Handles are got once and kept, so that a hot path does no look-up. Asking for a
 * label or a value that the catalogue does not name is our bug and throws.
 */
export interface Meter {
  counter(metric: MetricKey, labels?: Readonly<Record<string, string>>): Counter;
  gauge(metric: MetricKey, labels?: Readonly<Record<string, string>>): Gauge;
  histogram(metric: MetricKey, labels?: Readonly<Record<string, string>>): Histogram;
}

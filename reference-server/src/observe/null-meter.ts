import type { MetricKey, MetricKind } from '@gaitway/contract';
import type { Counter, Gauge, Histogram, Meter } from './meter.ts';
import { checkLabels, type Labels, metricOf, seriesKey } from './metric-labels.ts';

/** What a histogram saw, without its shape. */
export interface HistogramSummary {
  count: number;
  sum: number;
  max: number;
}

/** A meter that exports nothing: for simulations and tests, which can read what was counted. */
export interface NullMeter extends Meter {
  /** A counter's total; 0 when it was never asked for. */
  countOf(metric: MetricKey, labels?: Labels): number;
  /** A gauge's last value; `undefined` when it was never set. */
  gaugeOf(metric: MetricKey, labels?: Labels): number | undefined;
  /** All that was recorded, in the metric's own unit. */
  histogramOf(metric: MetricKey, labels?: Labels): HistogramSummary;
}

interface CountHandle extends Counter {
  total: number;
}
interface GaugeHandle extends Gauge {
  value: () => number | undefined;
}
interface HistogramHandle extends Histogram {
  summary: HistogramSummary;
}

export function createNullMeter(): NullMeter {
  const counters = new Map<string, CountHandle>();
  const gauges = new Map<string, GaugeHandle>();
  const histograms = new Map<string, HistogramHandle>();

  /** As strict about keys and labels as a real meter, so that a test finds what production would. */
  function keyOf(metric: MetricKey, kind: MetricKind, labels: Labels): string {
    checkLabels(metricOf(metric, kind), labels);
    return seriesKey(metric, labels);
  }
  function handleOf<Handle>(handles: Map<string, Handle>, key: string, make: () => Handle): Handle {
    const handle = handles.get(key) ?? make();
    handles.set(key, handle);
    return handle;
  }

  return {
    counter: (metric, labels = {}) =>
      handleOf(counters, keyOf(metric, 'counter', labels), () => ({
        total: 0,
        add(count = 1) {
          this.total += count;
        },
      })),
    gauge: (metric, labels = {}) =>
      handleOf(gauges, keyOf(metric, 'gauge', labels), () => ({
        value: () => undefined,
        set(value) {
          this.value = () => value;
        },
        follow(value) {
          this.value = value;
        },
      })),
    histogram: (metric, labels = {}) =>
      handleOf(histograms, keyOf(metric, 'histogram', labels), () => ({
        summary: { count: 0, sum: 0, max: 0 },
        record(value) {
          this.summary.count++;
          this.summary.sum += value;
          if (value > this.summary.max) this.summary.max = value;
        },
      })),
    countOf: (metric, labels = {}) => counters.get(keyOf(metric, 'counter', labels))?.total ?? 0,
    gaugeOf: (metric, labels = {}) => gauges.get(keyOf(metric, 'gauge', labels))?.value(),
    histogramOf: (metric, labels = {}) => ({
      ...(histograms.get(keyOf(metric, 'histogram', labels))?.summary ?? { count: 0, sum: 0, max: 0 }),
    }),
  };
}

import { METRICS, type Metric, type MetricKey } from '@gaitway/contract';
import {
  Counter as PrometheusCounter,
  Gauge as PrometheusGauge,
  Histogram as PrometheusHistogram,
  Registry,
} from 'prom-client';
import type { Counter, Gauge, Histogram, Meter } from './meter.ts';
import { checkLabels, everyLabels, type Labels, metricOf, seriesKey } from './metric-labels.ts';

/** What an HTTP answer to a scrape holds. */
export interface MetricsText {
  contentType: string;
  text: string;
}

/** A meter that Prometheus can scrape. */
export interface PrometheusMeter extends Meter {
  metricsText(): Promise<MetricsText>;
}

/** A plain number on the hot path: prom-client hashes the labels at each call, so it is told only when it is asked. */
class CountHandle implements Counter {
  readonly labels: Labels;
  unreported = 0;
  constructor(labels: Labels) {
    this.labels = labels;
  }
  add(count = 1): void {
    if (!(count >= 0)) throw new RangeError(`a counter cannot go by ${count}`);
    this.unreported += count;
  }
}

class GaugeHandle implements Gauge {
  readonly labels: Labels;
  value: () => number | undefined;
  constructor(labels: Labels, { unknownUntilSet }: Metric) {
    this.labels = labels;
    this.value = () => (unknownUntilSet ? undefined : 0);
  }
  set(value: number): void {
    this.value = () => value;
  }
  follow(value: () => number): void {
    this.value = value;
  }
}

/**
 * Every metric of the catalogue, registered at start with each of its label values at 0, so that a rate over
 * a series that has not happened yet is 0 and not absent. A gauge that is unknown until it is set comes with its first value.
 */
export function createPrometheusMeter(): PrometheusMeter {
  const registry = new Registry();
  const counters = new Map<string, CountHandle>();
  const gauges = new Map<string, GaugeHandle>();
  const histograms = new Map<string, Histogram>();

  for (const [name, metric] of Object.entries(METRICS) as [MetricKey, Metric][]) {
    const settings = {
      name: metric.name,
      help: metric.help,
      labelNames: Object.keys(metric.labels ?? {}),
      registers: [registry],
    };
    if (metric.kind === 'counter') {
      const handles = everyLabels(metric).map((labels) => new CountHandle(labels));
      for (const handle of handles) counters.set(seriesKey(name, handle.labels), handle);
      new PrometheusCounter({
        ...settings,
        collect() {
          for (const handle of handles) {
            this.inc(handle.labels, handle.unreported);
            handle.unreported = 0;
          }
        },
      });
    } else if (metric.kind === 'gauge') {
      const handles = everyLabels(metric).map((labels) => new GaugeHandle(labels, metric));
      for (const handle of handles) gauges.set(seriesKey(name, handle.labels), handle);
      new PrometheusGauge({
        ...settings,
        collect() {
          for (const handle of handles) {
            const value = handle.value();
            if (value !== undefined) this.set(handle.labels, value);
          }
        },
      });
    } else {
      const histogram = new PrometheusHistogram({ ...settings, buckets: [...(metric.buckets ?? [])] });
      for (const labels of everyLabels(metric)) {
        histogram.zero(labels);
        const child = Object.keys(labels).length === 0 ? histogram : histogram.labels(labels);
        histograms.set(seriesKey(name, labels), { record: (value) => child.observe(value) });
      }
    }
  }

  return {
    counter(key, labels = {}) {
      checkLabels(metricOf(key, 'counter'), labels);
      return counters.get(seriesKey(key, labels))!;
    },
    gauge(key, labels = {}) {
      checkLabels(metricOf(key, 'gauge'), labels);
      return gauges.get(seriesKey(key, labels))!;
    },
    histogram(key, labels = {}) {
      checkLabels(metricOf(key, 'histogram'), labels);
      return histograms.get(seriesKey(key, labels))!;
    },
    async metricsText() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

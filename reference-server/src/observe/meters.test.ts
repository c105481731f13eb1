import { METRICS, type Metric, type MetricKey } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import type { Meter } from './meter.ts';
import { createNullMeter } from './null-meter.ts';
import { createPrometheusMeter } from './prometheus-meter.ts';

const meters: [string, () => Meter][] = [
  ['Prometheus', createPrometheusMeter],
  ['null', createNullMeter],
];

describe.each(meters)('the %s meter', (_, create) => {
  it('has a handle for every metric of the catalogue, and refuses one of another kind', () => {
    const meter = create();
    for (const [key, metric] of Object.entries(METRICS) as [MetricKey, Metric][]) {
      const labels = Object.fromEntries(
        Object.entries(metric.labels ?? {}).map(([label, values]) => [label, values[0]!]),
      );
      expect(meter[metric.kind](key, labels)).toBeDefined();
      const other = metric.kind === 'gauge' ? 'counter' : 'gauge';
      expect(() => meter[other](key, labels)).toThrow(`is a ${metric.kind}`);
    }
  });

  it('refuses labels that the catalogue does not name', () => {
    const meter = create();
    expect(() => meter.counter('framesRejected', { reason: 'mood' })).toThrow("is never 'mood'");
    expect(() => meter.counter('framesRejected')).toThrow("needs its label 'reason'");
    expect(() => meter.counter('framesReceived', { kind: 'boot' })).toThrow("has no label 'kind'");
    expect(() => meter.counter('framesSung' as MetricKey)).toThrow("no metric 'framesSung'");
  });
});

describe('the Prometheus meter', () => {
  it('shows every series of the catalogue at 0 before anything happened, but for those that nobody knows then', async () => {
    const { text, contentType } = await createPrometheusMeter().metricsText();
    expect(contentType).toContain('text/plain');
    for (const metric of Object.values<Metric>(METRICS)) {
      expect(text).toContain(`# TYPE ${metric.name} ${metric.kind}\n`);
      expect(text).toContain(`# HELP ${metric.name} ${metric.help}\n`);
      const series = metric.kind === 'histogram' ? `${metric.name}_count` : metric.name;
      const lines = text.split('\n').filter((line) => line.startsWith(series) && / 0$/.test(line));
      const combinations = Object.values(metric.labels ?? {}).reduce(
        (product, values) => product * values.length,
        1,
      );
      expect(lines, metric.name).toHaveLength(metric.unknownUntilSet ? 0 : combinations);
    }
  });

  it('adds up what its handles were told, over several scrapes', async () => {
    const meter = createPrometheusMeter();
    const busy = meter.counter('framesRejected', { reason: 'busy' });
    busy.add();
    busy.add(4);
    meter.gauge('windowsOpen').set(3);
    meter.histogram('appendDuration').record(0.004);
    await meter.metricsText();
    meter.counter('framesRejected', { reason: 'busy' }).add();
    const { text } = await meter.metricsText();
    expect(text).toContain('gaitway_frames_rejected_total{reason="busy"} 6\n');
    expect(text).toContain('gaitway_frames_rejected_total{reason="future"} 0\n');
    expect(text).toContain('gaitway_windows_open 3\n');
    expect(text).toContain('gaitway_append_duration_seconds_bucket{le="0.002"} 0\n');
    expect(text).toContain('gaitway_append_duration_seconds_bucket{le="0.005"} 1\n');
    expect(text).toContain('gaitway_append_duration_seconds_sum 0.004\n');
  });

  it('shows a gauge that is unknown until it is set with its first value', async () => {
    const meter = createPrometheusMeter();
    const labels = { model: 'current', placement: 'wrist', feature: 'armSwing' };
    expect((await meter.metricsText()).text).not.toMatch(/^gaitway_model_drift_ratio/m);
    meter.gauge('modelDrift', labels).set(0);
    const drifts = (await meter.metricsText()).text.match(/^gaitway_model_drift_ratio.*$/gm);
    expect(drifts).toEqual([
      'gaitway_model_drift_ratio{model="current",placement="wrist",feature="armSwing"} 0',
    ]);
  });

  it('asks what it follows at each scrape', async () => {
    const meter = createPrometheusMeter();
    let ageSeconds = 2;
    meter.gauge('processorLag').follow(() => ageSeconds);
    expect((await meter.metricsText()).text).toContain('gaitway_processor_lag_seconds 2\n');
    ageSeconds = 7;
    expect((await meter.metricsText()).text).toContain('gaitway_processor_lag_seconds 7\n');
  });

  it('does not count backwards', () => {
    const counter = createPrometheusMeter().counter('framesReceived');
    expect(() => counter.add(-1)).toThrow(RangeError);
  });
});

describe('the null meter', () => {
  it('can be read', () => {
    const meter = createNullMeter();
    meter.counter('cacheRequests', { outcome: 'hit' }).add(2);
    meter.counter('cacheRequests', { outcome: 'hit' }).add();
    meter.gauge('windowsOpen').set(5);
    meter.histogram('cacheDuration').record(0.5);
    meter.histogram('cacheDuration').record(0.25);
    expect(meter.countOf('cacheRequests', { outcome: 'hit' })).toBe(3);
    expect(meter.countOf('cacheRequests', { outcome: 'miss' })).toBe(0);
    expect(meter.gaugeOf('windowsOpen')).toBe(5);
    meter.gauge('windowsOpen').follow(() => meter.countOf('cacheRequests', { outcome: 'hit' }));
    expect(meter.gaugeOf('windowsOpen')).toBe(3);
    expect(meter.gaugeOf('cacheBytes')).toBeUndefined();
    expect(meter.histogramOf('cacheDuration')).toEqual({ count: 2, sum: 0.75, max: 0.5 });
  });
});

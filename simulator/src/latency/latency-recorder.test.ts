import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LATENCY_MS_MAX, LatencyRecorder } from './latency-recorder.ts';

function recorderOf(values: readonly number[]): LatencyRecorder {
  const recorder = new LatencyRecorder();
  for (const value of values) recorder.record(value);
  return recorder;
}

describe('the latency recorder', () => {
  it('says nothing where nothing was recorded', () => {
    expect(new LatencyRecorder().summary()).toEqual({
      minMs: null,
      p50Ms: null,
      p90Ms: null,
      p95Ms: null,
      p99Ms: null,
      p999Ms: null,
      maxMs: null,
      meanMs: null,
      count: 0,
    });
  });

  it('agrees with the sorted samples within 0.1 per cent and one microsecond', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: LATENCY_MS_MAX, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (values) => {
          const recorder = recorderOf(values);
          const sorted = values.toSorted((a, b) => a - b);
          for (const percentile of [50, 95, 99, 99.9, 100]) {
            const exact = sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)]!;
            expect(Math.abs(recorder.percentileMs(percentile)! - exact)).toBeLessThanOrEqual(
              exact / 1000 + 0.001,
            );
          }
          expect(recorder.summary().maxMs).toBe(sorted.at(-1));
          expect(recorder.count).toBe(values.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('comes to the same when two workers record and are merged in encoded form', () => {
    const values = Array.from({ length: 5000 }, (_, i) => (i * i) % 9973);
    const merged = new LatencyRecorder();
    for (const part of [values.slice(0, 1234), values.slice(1234)]) {
      const encoded = JSON.parse(JSON.stringify(recorderOf(part).encode()));
      merged.add(LatencyRecorder.decode(encoded));
    }
    const { meanMs, ...rest } = merged.summary();
    const { meanMs: expectedMs, ...expected } = recorderOf(values).summary();
    expect(rest).toEqual(expected);
    expect(meanMs).toBeCloseTo(expectedMs!, 9);
  });

  it('keeps the true maximum of what lies beyond an hour, takes below zero as zero, and refuses what is no number', () => {
    const recorder = recorderOf([-3, 2 * LATENCY_MS_MAX]);
    expect(recorder.summary()).toMatchObject({ maxMs: 2 * LATENCY_MS_MAX, p50Ms: 0, count: 2 });
    expect(() => recorder.record(Number.NaN)).toThrow(RangeError);
  });
});

import { describe, expect, it } from 'vitest';
import { resampleTo50Hz } from './resample.ts';

/** `seconds` of a signal, sampled at `rateHz`; moments are rounded to whole ms, as in many files. */
function sampled(rateHz: number, seconds: number, signal: (s: number) => number, roundMs = false) {
  const count = Math.floor(rateHz * seconds);
  const timesMs = Float64Array.from({ length: count }, (_, i) => {
    const ms = (1000 * i) / rateHz;
    return roundMs ? Math.round(ms) : ms;
  });
  return { timesMs, axis: timesMs.map((_, i) => signal(i / rateHz)) };
}

/** Root of the mean square, apart from the ends where the filter has one side only. */
const rms = (values: Float64Array) => {
  const inner = values.subarray(25, values.length - 25);
  return Math.sqrt(inner.reduce((sum, value) => sum + value * value, 0) / inner.length);
};
const sine = (hz: number) => (s: number) => Math.sin(2 * Math.PI * hz * s);

describe('resampling to 50 Hz', () => {
  it.each([50, 64, 100, 128, 250])('from %i Hz keeps what lies in the bands below 8 Hz to 1 %', (rateHz) => {
    for (const hz of [0.7, 3, 5, 8]) {
      const { timesMs, axis } = sampled(rateHz, 20, sine(hz));
      const { axes, present } = resampleTo50Hz(timesMs, [axis], []);
      expect(present.every((is) => is === 1)).toBe(true);
      expect(Math.abs(rms(axes[0]!) / Math.SQRT1_2 - 1)).toBeLessThan(0.01);
      // And it is the same signal, not one of the same size.
      const off = axes[0]!.map((value, k) => value - sine(hz)(k / 50));
      expect(rms(off)).toBeLessThan(0.01);
    }
  });

  it.each([
    [64, 27],
    [64, 31],
    [100, 30],
    [100, 45],
    [250, 110],
  ])('from %i Hz folds nothing of %i Hz into the new band', (rateHz, hz) => {
    const { timesMs, axis } = sampled(rateHz, 20, sine(hz));
    expect(rms(resampleTo50Hz(timesMs, [axis], []).axes[0]!)).toBeLessThan(0.005);
  });

  it('is not confused by moments that were rounded to whole ms', () => {
    const { timesMs, axis } = sampled(64, 20, sine(5), true);
    const off = resampleTo50Hz(timesMs, [axis], []).axes[0]!.map((value, k) => value - sine(5)(k / 50));
    expect(rms(off)).toBeLessThan(0.02);
  });

  it('leaves out what lies in a gap, and reaches over none', () => {
    const { timesMs, axis } = sampled(100, 4, () => 1);
    const kept = [...timesMs.keys()].filter((i) => timesMs[i]! <= 1000 || timesMs[i]! >= 2000);
    const times = Float64Array.from(kept, (i) => timesMs[i]!);
    // On one side of the gap the signal is 1, on the other 5: one that was reached over would lie between.
    const values = Float64Array.from(kept, (i) => (timesMs[i]! <= 1000 ? axis[i]! : 5));
    const { axes, present } = resampleTo50Hz(times, [values], [{ fromMs: 1000, toMs: 2000 }]);
    const missing = [...present.keys()].filter((k) => present[k] === 0);
    expect([missing[0], missing.at(-1), missing.length]).toEqual([51, 99, 49]);
    expect(axes[0]![50]).toBeCloseTo(1, 9);
    expect(axes[0]![100]).toBeCloseTo(5, 9);
  });

  it('does not reach over a gap that is shorter than the filter', () => {
    const { timesMs } = sampled(100, 4, () => 1);
    const kept = timesMs.filter((ms) => ms <= 1000 || ms >= 1100);
    const values = kept.map((ms) => (ms <= 1000 ? 1 : 5));
    const { axes, present } = resampleTo50Hz(kept, [values], [{ fromMs: 1000, toMs: 1100 }]);
    expect([...present.keys()].filter((k) => present[k] === 0)).toEqual([51, 52, 53, 54]);
    expect([49, 50, 55, 56].map((k) => Number(axes[0]![k]!.toFixed(9)))).toEqual([1, 1, 5, 5]);
  });

  it('tells of each new sample which old one lies next to it', () => {
    const { timesMs, axis } = sampled(100, 1, () => 1);
    const { nearest } = resampleTo50Hz(timesMs, [axis], []);
    expect([...nearest.subarray(0, 4)]).toEqual([0, 2, 4, 6]);
  });
});

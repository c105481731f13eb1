import { FEATURE_FIELDS, featureIndex } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { PulseMeter } from './pulse-meter.ts';

/** Heart rate, beats, squares of a slot with these intervals, 0.1 ms; `silent`: the sensor did not answer at a tick. */
function fieldsOf(intervals: readonly number[], silent = false): number[] {
  const meter = new PulseMeter();
  // What was before the slot counts for nothing.
  meter.add(12_345);
  meter.silent();
  meter.begin();
  for (const interval of intervals) meter.add(interval);
  if (silent) meter.silent();
  const values = new Int32Array(FEATURE_FIELDS.length).fill(7);
  meter.end(values);
  const at = ['heartRateBpm', 'beats', 'beatDifferenceSquares'].map(featureIndex);
  expect(values.filter((_, i) => !at.includes(i)).every((value) => value === 7)).toBe(true);
  return at.map((i) => values[i]!);
}

/** Neighbours differ by `difference`, `beats - 1` times. */
const alternating = (beats: number, difference: number): number[] =>
  Array.from({ length: beats }, (_, i) => 8000 + (i % 2) * difference);

describe('what a slot tells of the heart', () => {
  it('is the rate of the mean interval, the beats, and their squared differences in 8 ms^2', () => {
    expect(fieldsOf([10_000, 10_000, 10_000])).toEqual([60, 3, 0]);
    // Differences of 20 and 40 ms: 2000 ms^2.
    expect(fieldsOf([8000, 8200, 7800])).toEqual([75, 3, 250]);
    expect(fieldsOf([8000])).toEqual([75, 1, 0]);
  });

  it('is rounded, a half upwards', () => {
    // 600000 / 8889 = 67.499, 600000 / 8888 = 67.507.
    expect(fieldsOf([8889])[0]).toBe(67);
    expect(fieldsOf([8888])[0]).toBe(68);
    expect(fieldsOf([16_000])[0]).toBe(38);
    // 1200000 / 7767 = 154.49993.
    expect(fieldsOf([3883, 3884])[0]).toBe(154);
    // Squares of 16399 = 20 * 800 + 399, then 400 = half a unit.
    expect(fieldsOf(alternating(32, 23))[2]).toBe(20);
    expect(fieldsOf(alternating(2, 20))[2]).toBe(1);
    expect(fieldsOf(alternating(2, 19))[2]).toBe(0);
  });

  it('has no interval outside of 300 to 2000 ms, nor a difference to one', () => {
    expect(fieldsOf([3000, 20_000])).toEqual([52, 2, 65_535]);
    expect(fieldsOf([2999, 20_001])).toEqual([0, 2, 0]);
    expect(fieldsOf([8000, 30_000, 8400, 8600])).toEqual([72, 4, 50]);
  });

  it('ends at 255 beats and at the greatest sum that its field holds', () => {
    expect(fieldsOf(Array.from({ length: 300 }, (_, i) => (i < 255 ? 6000 : 12_000)))).toEqual([100, 255, 0]);
    expect(fieldsOf(alternating(200, 9000))[2]).toBe(65_535);
  });

  it('is nothing where the sensor did not answer all the time, and where no beat was', () => {
    expect(fieldsOf([10_000, 10_000], true)).toEqual([0, 0, 0]);
    expect(fieldsOf([])).toEqual([0, 0, 0]);
  });
});

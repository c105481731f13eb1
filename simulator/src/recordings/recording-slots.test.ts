import { FrameFlag } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import type { Recording } from './recording.ts';
import { slotsOf } from './recording-slots.ts';

/** Still for so long, at 100 Hz, with these g on the three axes. */
function recording(
  seconds: number,
  g: readonly number[],
  keep: (ms: number) => boolean = () => true,
): Recording {
  const timesMs = Float64Array.from({ length: 100 * seconds }, (_, i) => 10 * i).filter(keep);
  return {
    ...{ file: 'mine.csv', placement: 'wrist', timesMs, gyro: [], labels: undefined, rateHz: 100, gaps: [] },
    accel: g.map((value) => timesMs.map(() => value)),
  };
}

describe('the slots of a recording', () => {
  it('are whole ones of 5 s from the first sample on, in counts of the sensor', () => {
    const slots = slotsOf(recording(12, [0.5, 0, -1]));
    expect(slots.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 5000],
      [5000, 10_000],
    ]);
    expect([...slots[0]!.samples.subarray(0, 6)]).toEqual([2048, 0, -4096, 0, 0, 0]);
    expect(slots[0]!.samples).toHaveLength(6 * 250);
    expect(slots.map(({ flags }) => flags)).toEqual([0, 0]);
  });

  it('lack the samples of a gap, say so, and keep the places of the others', () => {
    const gap = { line: 102, fromMs: 1000, toMs: 2000 };
    const whole = recording(5.1, [0, 0, 1], (ms) => ms <= gap.fromMs || ms >= gap.toMs);
    const [slot] = slotsOf({ ...whole, gaps: [gap] });
    expect(slot!.flags).toBe(FrameFlag.gap);
    expect(slot!.ticks).toHaveLength(201);
    expect([...slot!.ticks.subarray(49, 53)]).toEqual([49, 50, 100, 101]);
    expect(slot!.samples).toHaveLength(6 * 201);
    // Each new sample lies next to an old one: 101 of them before the gap.
    expect([...slot!.nearest.subarray(49, 53)]).toEqual([98, 100, 101, 103]);
  });

  it('that pass the range are cut to it, and say so', () => {
    const [slot] = slotsOf(recording(6, [9, 0, 0]));
    expect(slot!.samples[0]).toBe(32_767);
    expect(slot!.flags).toBe(FrameFlag.saturated);
  });
});

import { describe, expect, it } from 'vitest';
import { BootRange } from './boot-range.ts';

function rangeOf(...boots: number[]): BootRange {
  const range = new BootRange();
  for (const boot of boots) range.add(boot);
  return range;
}

describe('the boots of a run', () => {
  it.each([
    ['one boot', [7], [7], [6, 8, 0, 65_535]],
    ['restarts, one of which resolved nothing', [7, 9], [7, 8, 9], [6, 10]],
    ['restarts across the end of the numbers', [65_534, 0, 1], [65_534, 65_535, 0, 1], [65_533, 2, 30_000]],
    ['none', [], [], [0, 1, 65_535]],
  ])('of %s are an unbroken range', (_, met, inside, outside) => {
    const range = rangeOf(...met);
    expect(inside.filter((boot) => !range.has(boot))).toEqual([]);
    expect(outside.filter((boot) => range.has(boot))).toEqual([]);
  });

  it('grows with what is added after it was asked', () => {
    const range = rangeOf(3);
    expect(range.has(4)).toBe(false);
    range.add(4);
    expect(range.has(4)).toBe(true);
  });
});

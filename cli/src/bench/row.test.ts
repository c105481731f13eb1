import { describe, expect, it } from 'vitest';
import { rowOf, spreadOf } from './row.ts';

describe('a row of the benchmarks', () => {
  it('takes the middle of an odd number of repeats, and between the middle two of an even one', () => {
    expect(spreadOf([5, 1, 9])).toEqual({ median: 5, least: 1, most: 9 });
    expect(spreadOf([4, 1, 9, 2])).toEqual({ median: 3, least: 1, most: 9 });
  });

  it('judges the ratio to what stands beside it where the goal is one', () => {
    const alternative = { name: 'other', ...spreadOf([10]) };
    const goal = { of: 'ratio', atMost: 0.5 } as const;
    expect(rowOf('a', 'us', spreadOf([5]), { alternative, goal })).toMatchObject({
      ratio: 0.5,
      result: 'met',
    });
    expect(rowOf('a', 'us', spreadOf([5.1]), { alternative, goal }).result).toBe('missed');
  });

  it('never says met of a figure that is not there', () => {
    expect(rowOf('a', 'us', spreadOf([]), { goal: { of: 'value', atMost: 1 } }).result).toBe('missed');
    const goal = { of: 'ratio', atMost: 1 } as const;
    expect(rowOf('a', 'us', spreadOf([1]), { goal }).result).toBe('missed');
  });

  it('judges a figure that must not be small by its least', () => {
    const goal = { of: 'value', atLeast: 0.95 } as const;
    expect(rowOf('a', '', spreadOf([0.95]), { goal })).toMatchObject({
      goal: 'at least 0.95',
      result: 'met',
    });
    expect(rowOf('a', '', spreadOf([0.949]), { goal }).result).toBe('missed');
    expect(rowOf('a', '', spreadOf([]), { goal }).result).toBe('missed');
  });

  it('judges nothing without a goal', () => {
    expect(rowOf('a', 'us', spreadOf([1]))).toMatchObject({ goal: '', result: 'none' });
  });
});

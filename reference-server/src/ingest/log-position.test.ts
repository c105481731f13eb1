import { describe, expect, it } from 'vitest';
import { isAtOrAfter } from './log-position.ts';

describe('positions of a partition', () => {
  it.each([
    ['9', '10'],
    ['0000000000000009', '0000000000000010'],
    ['1700000000000-9', '1700000000000-10'],
    ['1700000000000-18446744073709551614', '1700000000000-18446744073709551615'],
    ['1700000000000-7', '1700000000001-0'],
  ])('%s is before %s', (before, after) => {
    expect(isAtOrAfter(before, after)).toBe(false);
    expect(isAtOrAfter(after, before)).toBe(true);
    expect(isAtOrAfter(after, after)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { parseDurationSeconds } from './duration.ts';

describe('a duration', () => {
  it.each([
    ['90s', 90],
    ['1h30m', 5400],
    ['24h', 86_400],
    ['500ms', 0.5],
    ['12', 12],
    ['1.5m', 90],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDurationSeconds(text, 'duration')).toBe(seconds);
  });

  it.each(['', '0s', '-5s', '5 s', 'h', '5y', '5s!'])('%j is refused, with what to write', (text) => {
    expect(() => parseDurationSeconds(text, 'duration')).toThrowError(/is not a duration/);
  });
});

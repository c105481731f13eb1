import { describe, expect, it } from 'vitest';
import { parseDurationMs } from './duration.ts';
import { CONNECT_LIMITS, MEASURE_LIMITS, SLOT_LIMITS } from './flags/duration-limits.ts';

const limits = { most: '30d', because: 'nobody waits so long' };

describe('a duration', () => {
  it.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['24h', 86_400_000],
    ['500ms', 500],
    ['12', 12_000],
    ['1.5m', 90_000],
    ['1.0004s', 1000],
    ['65.535s', 65_535],
    ['30d', 2_592_000_000],
  ])('%s is %d milliseconds', (text, ms) => {
    expect(parseDurationMs(text, 'duration', limits)).toBe(ms);
  });

  it.each(['', '0s', '-5s', '5 s', 'h', '5y', '5s!'])('%j is refused, with what to write', (text) => {
    expect(() => parseDurationMs(text, 'duration', limits)).toThrowError(/is not a duration/);
  });

  it('is refused below its least and above its most, with both named', () => {
    const tight = { least: '1s', ...limits };
    expect(() => parseDurationMs('999ms', 'ttl', tight)).toThrowError('--ttl 999ms is shorter than 1s');
    expect(() => parseDurationMs('0.5ms', 'slot', limits)).toThrowError('--slot 0.5ms is shorter than 1ms');
    expect(() => parseDurationMs('30d1s', 'ttl', tight)).toThrowError(
      '--ttl 30d1s is longer than 30d: nobody waits so long',
    );
    expect(() => parseDurationMs('9'.repeat(400), 'ttl', tight)).toThrowError(/is longer than 30d/);
  });

  it('of a run, with all that it adds, is one that a timer can wait for', () => {
    const longest = ({ most }: typeof limits) => parseDurationMs(most, 'duration', limits);
    // The drain, and the hour by which tokens outlive a run.
    const besideMs = longest(SLOT_LIMITS) + 30_000 + 3_600_000;
    expect(longest(CONNECT_LIMITS) + longest(MEASURE_LIMITS) + besideMs).toBeLessThan(2 ** 31);
    // The frame has 16 bits for the slot.
    expect(longest(SLOT_LIMITS)).toBe(0xffff);
  });
});

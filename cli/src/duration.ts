import { EXIT_CODE } from '@gaitway/contract';
import { Fault } from './fault.ts';

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What a duration may be, as people write it. */
export interface DurationLimits {
  /** One millisecond where it is absent: times are kept in whole ones. */
  least?: string;
  most: string;
  /** Why not longer. */
  because: string;
}

/**
 * A duration as people write it (`90s`, `1h30m`, `24h`, `500ms`; a bare number is seconds), in whole milliseconds.
 * Throws a {@link Fault} for what is none, and for what is beyond the limits.
 */
export function parseDurationMs(
  text: string,
  flag: string,
  { least = '1ms', most, because }: DurationLimits,
): number {
  const ms = durationMs(text);
  if (!(ms > 0)) {
    throw fault(`--${flag} ${text} is not a duration above zero`, 'Write it as 90s, 10m, 1h30m or 24h.');
  }
  if (ms < durationMs(least)) {
    throw fault(`--${flag} ${text} is shorter than ${least}`, `Give it ${least} at least.`);
  }
  if (ms > durationMs(most)) {
    throw fault(`--${flag} ${text} is longer than ${most}: ${because}`, `Give it ${most} at most.`);
  }
  return Math.round(ms);
}

/** Not a number where the text is no duration. */
function durationMs(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.map(([part]) => part).join('') !== text) return Number.NaN;
  return parts.reduce((sum, [, digits, unit]) => sum + Number(digits) * UNIT_MS[unit!]!, 0);
}

function fault(says: string, next: string): Fault {
  return new Fault('bad_duration', says, next, EXIT_CODE.badInput);
}

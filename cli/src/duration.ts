import { EXIT_CODE } from '@gaitway/contract';
import { Fault } from './fault.ts';

const UNIT_SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration as people write it (`90s`, `1h30m`, `24h`, `500ms`; a bare number is seconds), in seconds. */
export function parseDurationSeconds(text: string, flag: string): number {
  const bare = /^\d+(\.\d+)?$/.exec(text);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  const seconds = bare
    ? Number(text)
    : parts.reduce((sum, [, digits, unit]) => sum + Number(digits) * UNIT_SECONDS[unit!]!, 0);
  const whole = bare !== null || parts.map(([part]) => part).join('') === text;
  if (!whole || !(seconds > 0)) {
    throw new Fault(
      'bad_duration',
      `--${flag} ${text} is not a duration above zero`,
      'Write it as 90s, 10m, 1h30m or 24h.',
      EXIT_CODE.badInput,
    );
  }
  return seconds;
}

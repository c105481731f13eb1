import { expect, it } from 'vitest';
import { bootWaitMs } from './boot-minute.ts';

const MINUTE_MS = 60_000;

it('lets a run wait for the next minute when one began in this minute, and never otherwise', () => {
  expect(bootWaitMs(undefined, 10_000, 2000)).toBe(0);
  expect(bootWaitMs(5000, 10_000, 2000)).toBe(60_000 - 12_500);
  expect(bootWaitMs(5000, 58_000, 2000)).toBe(0);
  expect(bootWaitMs(5000, MINUTE_MS + 10_000, 2000)).toBe(0);
});

import { performance } from 'node:perf_hooks';
import type { Clock } from '@gaitway/contract';

/** The clock of the machine: the one place where the server takes its time from. */
export const realClock: Clock = {
  epochMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, callback) => setTimeout(callback, delayMs),
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

import type { Clock } from '@gaitway/contract';

/** A clock of the tests: time passes only when told to. */
export interface ManualClock extends Clock {
  /** Lets `ms` pass and calls every timer that is due, in order. */
  passMs(ms: number): void;
}

export function createManualClock(startEpochMs = Date.parse('2026-03-01T12:00:00Z')): ManualClock {
  let elapsedMs = 0;
  let nextId = 1;
  const timers = new Map<number, { dueMs: number; callback: () => void }>();
  return {
    epochMs: () => startEpochMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    setTimer(delayMs, callback) {
      timers.set(nextId, { dueMs: elapsedMs + delayMs, callback });
      return nextId++;
    },
    clearTimer(timer) {
      timers.delete(timer as number);
    },
    passMs(ms) {
      const untilMs = elapsedMs + ms;
      for (;;) {
        const due = [...timers]
          .filter(([, timer]) => timer.dueMs <= untilMs)
          .sort(([, a], [, b]) => a.dueMs - b.dueMs)[0];
        if (due === undefined) break;
        timers.delete(due[0]);
        elapsedMs = Math.max(elapsedMs, due[1].dueMs);
        due[1].callback();
      }
      elapsedMs = untilMs;
    },
  };
}

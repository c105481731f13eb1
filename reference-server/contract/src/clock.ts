/** A timer that was set and can be cleared. Opaque: only the clock that made it knows what it is. */
export type TimerHandle = unknown;

/**
 * Time, as a parameter. Everything between the gateway and the fan-out, the twin and the fleet take
 * their time from here, so that a whole system can run under virtual time.
 */
export interface Clock {
  /** Wall-clock time in ms since the Unix epoch: what goes into frames and documents. */
  epochMs(): number;
  /** A clock that never goes back, in ms (fractions allowed): what durations are measured with. */
  monotonicMs(): number;
  /** Calls `callback` once, `delayMs` from now. */
  setTimer(delayMs: number, callback: () => void): TimerHandle;
  clearTimer(timer: TimerHandle): void;
}

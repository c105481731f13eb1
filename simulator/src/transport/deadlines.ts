import type { Clock, TimerHandle } from '@gaitway/contract';

/** Something that must happen before a moment of the monotonic clock. It may move its own deadline at any time. */
export interface Deadlined {
  deadlineMs: number;
  expired(): void;
}

/**
 * Many deadlines watched by one timer: every `sweepMs` all of them are looked at. A deadline is noticed up to
 * one sweep late, and in exchange a connection carries one number instead of a timer.
 */
export class Deadlines {
  private readonly clock: Clock;
  private readonly sweepMs: number;
  private readonly watched = new Set<Deadlined>();
  private timer: TimerHandle | undefined;

  constructor(clock: Clock, sweepMs: number) {
    this.clock = clock;
    this.sweepMs = sweepMs;
  }

  /** The moment `afterMs` from now, as `deadlineMs` wants it. */
  after(afterMs: number): number {
    return this.clock.monotonicMs() + afterMs;
  }

  watch(entry: Deadlined): void {
    this.watched.add(entry);
    this.timer ??= this.clock.setTimer(this.sweepMs, this.sweep);
  }

  forget(entry: Deadlined): void {
    this.watched.delete(entry);
    if (this.watched.size > 0 || this.timer === undefined) return;
    this.clock.clearTimer(this.timer);
    this.timer = undefined;
  }

  private readonly sweep = (): void => {
    this.timer = undefined;
    const nowMs = this.clock.monotonicMs();
    for (const entry of this.watched) {
      if (entry.deadlineMs <= nowMs) entry.expired();
    }
    if (this.watched.size > 0) this.timer ??= this.clock.setTimer(this.sweepMs, this.sweep);
  };
}

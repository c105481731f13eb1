import type { Clock, TimerHandle } from '@gaitway/contract';

interface OwnTimer {
  under: TimerHandle;
  callback: () => void;
}

/**
 * A process' own view of the run's clock, so that the process can be stopped as an operating system stops
 * one: while it is paused no timer of it fires (they fire when it goes on, late), and after a crash none ever
 * does. Time itself goes on for everybody.
 */
export class PausableClock implements Clock {
  private readonly clock: Clock;
  private readonly timers = new Set<OwnTimer>();
  private overdue: (() => void)[] = [];
  private paused = false;
  private crashed = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  epochMs(): number {
    return this.clock.epochMs();
  }

  monotonicMs(): number {
    return this.clock.monotonicMs();
  }

  setTimer(delayMs: number, callback: () => void): TimerHandle {
    const timer: OwnTimer = { under: undefined, callback };
    if (this.crashed) return timer;
    this.timers.add(timer);
    timer.under = this.clock.setTimer(delayMs, () => this.fire(timer));
    return timer;
  }

  clearTimer(handle: TimerHandle): void {
    const timer = handle as OwnTimer | undefined;
    if (timer === undefined || !this.timers.delete(timer)) return;
    this.clock.clearTimer(timer.under);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    for (const callback of this.overdue.splice(0)) this.clock.setTimer(0, callback);
  }

  crash(): void {
    this.crashed = true;
    for (const { under } of this.timers) this.clock.clearTimer(under);
    this.timers.clear();
    this.overdue = [];
  }

  private fire(timer: OwnTimer): void {
    if (!this.timers.delete(timer) || this.crashed) return;
    if (this.paused) this.overdue.push(timer.callback);
    else timer.callback();
  }
}

import type { Clock, TimerHandle } from '@gaitway/contract';
import { EventHeap, type HeapEvent } from './event-heap.ts';

/**
 * Instants that are put into Node's queue of immediates at once. Between two immediates Node empties the
 * queue of microtasks, so each instant is settled before the next begins; many at once save the way through
 * the event loop (measured on Node 20: 0.13 us an instant, against 1.1 us with one immediate at a time).
 */
const INSTANTS_PER_BATCH = 512;

/**
 * A moment this close to a whole ms is that ms. Who reckons in ms since the epoch has a grain of 2^-12 ms, so a
 * timer for a whole ms comes out up to half of that beside it, by how long before it was set: the order of two
 * things would depend on who else uses the same timer wheel.
 */
const WHOLE_WITHIN_MS = 2 ** -12;

export interface VirtualClockOptions {
  /** Wall-clock time at virtual time 0. */
  startEpochMs: number;
}

/**
 * Discrete-event time: nothing passes but what {@link VirtualClock.runUntil} plays, and what is set for the
 * same moment runs in the order in which it was set. Promise chains that an event began are finished before
 * time goes on, as long as they wait for nothing outside the process (a disk, a socket).
 */
export class VirtualClock implements Clock {
  private readonly startEpochMs: number;
  private readonly heap = new EventHeap();
  private nowMs = 0;
  private running = false;
  /** Timer callbacks that ran so far. */
  events = 0;

  constructor(options: VirtualClockOptions) {
    this.startEpochMs = options.startEpochMs;
  }

  epochMs(): number {
    return this.startEpochMs + this.nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  setTimer(delayMs: number, callback: () => void): TimerHandle {
    const atMs = this.nowMs + Math.max(0, delayMs);
    const wholeMs = Math.round(atMs);
    const isWhole = Math.abs(atMs - wholeMs) < WHOLE_WITHIN_MS && wholeMs >= this.nowMs;
    return this.heap.push(isWhole ? wholeMs : atMs, callback);
  }

  /** As with `clearTimeout`, a timer that was never set or has run is no fault. */
  clearTimer(timer: TimerHandle): void {
    if (timer !== undefined) this.heap.cancel(timer as HeapEvent);
  }

  /** Timers that are set and have not run. */
  get pending(): number {
    return this.heap.size;
  }

  /**
   * Plays everything up to and including `untilMs` (monotonic), then stands there. Rejects with what a
   * callback throws; time then stands at that callback's moment.
   */
  runUntil(untilMs: number): Promise<void> {
    return this.run(untilMs, () => false);
  }

  /** Plays on until `finished` settles, at most until `untilMs`; rejects when it has not settled by then. */
  async runWhile<T>(finished: Promise<T>, untilMs: number): Promise<T> {
    let settled = false;
    const note = () => {
      settled = true;
    };
    finished.then(note, note);
    await this.run(untilMs, () => settled);
    if (!settled)
      throw new Error(`nothing more happens before ${untilMs} ms of virtual time, and it is not finished`);
    return finished;
  }

  private run(untilMs: number, stop: () => boolean): Promise<void> {
    if (this.running) throw new Error('virtual time is running already: one runUntil at a time');
    this.running = true;
    return new Promise((resolve, reject) => {
      let over = false;
      const end = (error?: unknown) => {
        over = true;
        this.running = false;
        if (error === undefined) resolve();
        else reject(error);
      };
      const instant = () => {
        if (over) return;
        try {
          if (stop()) end();
          else if (!this.playInstant(untilMs)) {
            this.nowMs = Math.max(this.nowMs, untilMs);
            end();
          }
        } catch (error) {
          end(error ?? new Error('a timer threw nothing'));
        }
      };
      const batch = () => {
        instant();
        if (over) return;
        for (let i = 1; i < INSTANTS_PER_BATCH; i++) setImmediate(instant);
        setImmediate(batch);
      };
      setImmediate(batch);
    });
  }

  /** Runs the next event; `false`: there is none up to `untilMs`. */
  private playInstant(untilMs: number): boolean {
    const event = this.heap.popUpTo(untilMs);
    if (event === undefined) return false;
    this.nowMs = Math.max(this.nowMs, event.atMs);
    this.events++;
    event.callback();
    return true;
  }
}

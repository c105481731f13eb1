import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { TimerWheel } from './timer-wheel.ts';

const CAPACITY = 12;
type Fired = [timer: number, atMs: number];

/** The exact slow version: a sorted list, looked through at every step. */
class TimerList {
  private readonly timers = new Map<number, { tick: number; order: number }>();
  private order = 0;
  private tick = 0;
  readonly fired: Fired[] = [];

  set(timer: number, atMs: number): void {
    this.timers.set(timer, { tick: Math.max(Math.ceil(atMs), this.tick), order: this.order++ });
  }

  clear(timer: number): void {
    this.timers.delete(timer);
  }

  /** Lets time stand at `nowMs`. `again`: what a timer sets when it fires. */
  advance(nowMs: number, again: (timer: number) => number | undefined): void {
    for (;;) {
      const [first] = [...this.timers]
        .filter(([, { tick }]) => tick <= Math.floor(nowMs))
        .sort(([, a], [, b]) => a.tick - b.tick || a.order - b.order);
      if (first === undefined) break;
      this.tick = first[1].tick;
      this.timers.delete(first[0]);
      this.fired.push([first[0], this.tick]);
      const delayMs = again(first[0]);
      if (delayMs !== undefined) this.set(first[0], this.tick + delayMs);
    }
    this.tick = Math.floor(nowMs) + 1;
  }
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      timer: fc.nat(CAPACITY - 1),
      delayMs: fc.oneof(fc.nat(20), fc.nat(9000), fc.nat(130_000), fc.integer({ min: -50, max: 0 })),
      half: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), timer: fc.nat(CAPACITY - 1) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.oneof(fc.nat(10), fc.nat(9000), fc.nat(40_000)),
    }),
  },
);

describe('timer wheel', () => {
  it('fires the same timers at the same ms and in the same order as a sorted list', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new VirtualClock({ startEpochMs: 0 });
        const fired: Fired[] = [];
        const repeats = () => {
          const left = new Map<number, number>();
          // Timers 0 and 1 set themselves again when they fire, the first at once.
          return (timer: number): number | undefined => {
            const count = (left.get(timer) ?? 0) + 1;
            left.set(timer, count);
            if (count > 5) return undefined;
            return timer === 0 ? 0 : timer === 1 ? 7 : undefined;
          };
        };
        const againWheel = repeats();
        const againList = repeats();
        const wheel = new TimerWheel({
          clock,
          nowMs: () => clock.monotonicMs(),
          capacity: CAPACITY,
          fire: (timer) => {
            const atMs = clock.monotonicMs();
            fired.push([timer, atMs]);
            const delayMs = againWheel(timer);
            if (delayMs !== undefined) wheel.set(timer, atMs + delayMs);
          },
        });
        const list = new TimerList();
        let nowMs = 0;
        for (const each of steps) {
          if (each.kind === 'set') {
            const atMs = nowMs + each.delayMs + (each.half ? 0.5 : 0);
            wheel.set(each.timer, atMs);
            list.set(each.timer, atMs);
          } else if (each.kind === 'clear') {
            wheel.clear(each.timer);
            list.clear(each.timer);
          } else {
            nowMs += each.ms;
            await clock.runUntil(nowMs);
            // A wheel without timers sleeps, and does not know yet that time has passed.
            wheel.advance();
            list.advance(nowMs, againList);
          }
        }
        await clock.runUntil(nowMs + 200_000);
        list.advance(nowMs + 200_000, againList);
        expect(fired).toEqual(list.fired);
        expect(wheel.size).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('catches up in order after the process stood still for more than a turn', async () => {
    let nowMs = 0;
    const clock = new VirtualClock({ startEpochMs: 0 });
    const fired: number[] = [];
    const wheel = new TimerWheel({
      clock,
      nowMs: () => nowMs,
      capacity: 5,
      fire: (timer) => fired.push(timer),
    });
    wheel.set(0, 25_000);
    wheel.set(1, 25_000 - 8192);
    wheel.set(2, 10);
    wheel.set(3, 60_000);
    nowMs = 30_000;
    wheel.advance();
    expect(fired).toEqual([2, 1, 0]);
    expect(wheel.isSet(3)).toBe(true);
  });

  it('lets others in when a turn takes long, and then fires the rest in order', async () => {
    const clock = new VirtualClock({ startEpochMs: 0 });
    // Each of them takes 5 ms of the process.
    let spentMs = 0;
    const happened: (number | string)[] = [];
    const wheel = new TimerWheel({
      clock,
      nowMs: () => clock.monotonicMs() + spentMs,
      capacity: 12,
      fire: (timer) => {
        spentMs += 5;
        happened.push(timer);
      },
    });
    for (let timer = 0; timer < 12; timer++) wheel.set(timer, 10 + Math.floor(timer / 9));
    clock.setTimer(10, () => happened.push('another'));
    await clock.runUntil(12);
    expect(happened).toEqual([0, 1, 2, 3, 'another', 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('sets one timer of the clock, whatever it holds', () => {
    const clock = new VirtualClock({ startEpochMs: 0 });
    const wheel = new TimerWheel({ clock, nowMs: () => clock.monotonicMs(), capacity: 1000, fire: () => {} });
    for (let timer = 0; timer < 1000; timer++) wheel.set(timer, 5000 - timer);
    expect(clock.pending).toBe(1);
    expect(wheel.size).toBe(1000);
  });

  it('fires nothing after it was stopped, not even what is due in the same ms', async () => {
    const clock = new VirtualClock({ startEpochMs: 0 });
    const fired: number[] = [];
    const wheel = new TimerWheel({
      clock,
      nowMs: () => clock.monotonicMs(),
      capacity: 3,
      fire: (timer) => {
        fired.push(timer);
        wheel.stop();
      },
    });
    for (let timer = 0; timer < 3; timer++) wheel.set(timer, 10);
    await clock.runUntil(100);
    expect(fired).toEqual([0]);
  });

  it('wakes no oftener than told, never early, and at most that much late', async () => {
    const clock = new VirtualClock({ startEpochMs: 0 });
    const fired: Fired[] = [];
    const wheel: TimerWheel = new TimerWheel({
      clock,
      nowMs: () => clock.monotonicMs(),
      capacity: 40,
      wakeEveryMs: 4,
      fire: (timer) => fired.push([timer, clock.monotonicMs()]),
    });
    for (let timer = 0; timer < 40; timer++) wheel.set(timer, 100 + timer);
    await clock.runUntil(1000);
    expect(fired.map(([timer]) => timer)).toEqual(Array.from({ length: 40 }, (_, timer) => timer));
    for (const [timer, atMs] of fired) {
      expect(atMs).toBeGreaterThanOrEqual(100 + timer);
      expect(atMs).toBeLessThanOrEqual(104 + timer);
    }
    expect(new Set(fired.map(([, atMs]) => atMs)).size).toBeLessThanOrEqual(11);
  });
});

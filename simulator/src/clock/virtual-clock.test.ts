import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from './virtual-clock.ts';

const START_MS = Date.parse('2026-03-01T00:00:00Z');
const create = () => new VirtualClock({ startEpochMs: START_MS });

describe('virtual clock', () => {
  it('runs timers by moment, and in the order of setting where the moment is the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ delayMs: fc.nat(20), cancelled: fc.boolean() }), { maxLength: 60 }),
        async (timers) => {
          const clock = create();
          const ran: number[] = [];
          const handles = timers.map(({ delayMs }, i) => clock.setTimer(delayMs, () => ran.push(i)));
          timers.forEach(({ cancelled }, i) => {
            if (cancelled) clock.clearTimer(handles[i]);
          });
          await clock.runUntil(15);
          const expected = timers
            .map((timer, i) => ({ ...timer, i }))
            .filter(({ cancelled, delayMs }) => !cancelled && delayMs <= 15)
            .sort((a, b) => a.delayMs - b.delayMs || a.i - b.i)
            .map(({ i }) => i);
          expect(ran).toEqual(expected);
          expect(clock.monotonicMs()).toBe(15);
          expect(clock.epochMs()).toBe(START_MS + 15);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('finishes promise chains of an event before time goes on', async () => {
    const clock = create();
    const seen: string[] = [];
    clock.setTimer(1, async () => {
      for (let hop = 0; hop < 50; hop++) await undefined;
      seen.push(`chain at ${clock.monotonicMs()}`);
      process.nextTick(() => void Promise.resolve().then(() => seen.push(`tick at ${clock.monotonicMs()}`)));
    });
    clock.setTimer(1, () => seen.push(`second at ${clock.monotonicMs()}`));
    clock.setTimer(2, () => seen.push(`third at ${clock.monotonicMs()}`));
    await clock.runUntil(2);
    expect(seen).toEqual(['chain at 1', 'tick at 1', 'second at 1', 'third at 2']);
  });

  it('plays what events set in their turn, and stops before what lies later', async () => {
    const clock = create();
    let ticks = 0;
    const tick = () => {
      ticks++;
      clock.setTimer(1000, tick);
    };
    clock.setTimer(1000, tick);
    await clock.runUntil(3_600_000);
    expect(ticks).toBe(3600);
    expect(clock.pending).toBe(1);
  });

  it('ends as soon as what is waited for has happened', async () => {
    const clock = create();
    const done = new Promise<string>((resolve) => {
      clock.setTimer(500, () => resolve('done'));
    });
    clock.setTimer(600, () => {
      throw new Error('time went on');
    });
    expect(await clock.runWhile(done, 10_000)).toBe('done');
    expect(clock.monotonicMs()).toBe(500);
  });

  it('says so when nothing more happens before what is waited for', async () => {
    await expect(create().runWhile(new Promise(() => {}), 1000)).rejects.toThrow('not finished');
  });

  it('hands on what a timer throws, and can go on afterwards', async () => {
    const clock = create();
    clock.setTimer(1, () => {
      throw new Error('broken');
    });
    await expect(clock.runUntil(5)).rejects.toThrow('broken');
    await clock.runUntil(5);
    expect(clock.monotonicMs()).toBe(5);
  });

  it('takes a moment that is reckoned from the epoch for the whole ms that is meant', async () => {
    const clock = new VirtualClock({ startEpochMs: START_MS });
    const fired: number[] = [];
    const dueEpochMs = START_MS + 50;
    for (const setAtMs of [0.1, 1 / 3, 7.777, 49.99]) {
      clock.setTimer(setAtMs, () => {
        clock.setTimer(dueEpochMs - clock.epochMs(), () => fired.push(clock.monotonicMs()));
      });
    }
    await clock.runUntil(100);
    expect(fired).toEqual([50, 50, 50, 50]);
  });
});

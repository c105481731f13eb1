import { describe, expect, it } from 'vitest';
import { bootOf, earliestStartMs } from './fleet-plan.ts';
import { slotDueMs } from './schedule.ts';

const NOON_MS = Date.parse('2026-03-01T12:00:00Z');
/** The shortest there is: a connect phase of no length, and slots of half a second. */
const SLOT_MS = 500;
const SMALL = { patients: 1, workers: 1, connectMs: 0 };

describe('the boot with which devices begin', () => {
  it('is another one in the next run on the same server, however soon it follows, with nothing kept between them', () => {
    for (let offsetMs = 0; offsetMs < 61_000; offsetMs += 7) {
      const startMs = NOON_MS + offsetMs;
      const schedule = { seed: 7, devices: 1, startMs, slotMs: SLOT_MS, connectMs: 0 };
      // Broken off right after its first reading was made: before it, there is no identity to meet again.
      const firstReadingMs = Math.max(startMs + SLOT_MS, slotDueMs(schedule, 0, 0));
      const next = bootOf({ startMs: earliestStartMs(firstReadingMs, SMALL) });
      const ahead = (next - bootOf({ startMs }) + 0x10000) % 0x10000;
      expect(ahead, `${offsetMs} ms after the minute`).toBeGreaterThan(0);
      expect(ahead).toBeLessThan(0x8000);
    }
  });

  it('leaves room for devices that start again during a run', () => {
    const runMs = 60_000;
    const restarts = 50;
    const last = bootOf({ startMs: NOON_MS }) + restarts;
    expect(bootOf({ startMs: earliestStartMs(NOON_MS + runMs, SMALL) })).toBeGreaterThan(last);
  });

  it('follows from the start alone, in the 16 bits of the frame', () => {
    expect(bootOf({ startMs: NOON_MS })).toBe(bootOf({ startMs: NOON_MS + 999 }));
    for (const startMs of [0, NOON_MS, 2 ** 48 - 1]) {
      const boot = bootOf({ startMs });
      expect(Number.isInteger(boot) && boot >= 0 && boot < 0x10000).toBe(true);
    }
    expect(bootOf({ startMs: NOON_MS + 65_536_000 })).toBe(bootOf({ startMs: NOON_MS }));
  });
});

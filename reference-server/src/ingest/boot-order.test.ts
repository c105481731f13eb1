import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BootMoment, bootIsNewer, RESTARTS_MAX } from './boot-order.ts';

const at = (boot: number, startMs = 0): BootMoment => ({ boot, startMs });
const HOUR_MS = 3_600_000;

describe('the order of boots', () => {
  it('is that of their numbers, which wrap', () => {
    expect(bootIsNewer(at(0), at(65_535))).toBe(true);
    expect(bootIsNewer(at(65_535), at(0))).toBe(false);
    expect(bootIsNewer(at(4), at(4))).toBe(false);
    expect(bootIsNewer(at(4, 9), at(4, 1))).toBe(false);
  });

  it('is that of their numbers for restarts of a device, wherever its clock was set in between', () => {
    for (const backMs of [1, HOUR_MS, 50 * 365 * 24 * HOUR_MS]) {
      for (const restarts of [1, RESTARTS_MAX]) {
        const before = at(65_530, 60 * 365 * 24 * HOUR_MS);
        const after = at((before.boot + restarts) & 0xffff, before.startMs - backMs);
        expect(bootIsNewer(after, before)).toBe(true);
        // What it held of the boot before is sent after the restart, and stays older.
        expect(bootIsNewer(before, after)).toBe(false);
      }
    }
  });

  it('is that of their starts where the counter was begun anew: a run many hours after another is newer', () => {
    for (const hours of [1, 9, 9.2, 12, 18, 20, 30]) {
      const before = at(1234, 1_790_000_000_000);
      const after = at(
        (before.boot + hours * 3600) & 0xffff,
        // Readings of a run that went on until just before.
        before.startMs + 5000,
      );
      expect(bootIsNewer(after, before), `${hours} h`).toBe(true);
      expect(bootIsNewer(before, after), `${hours} h`).toBe(false);
    }
  });

  it('says of two boots that one is newer, and only one', () => {
    const moment = fc.record({ boot: fc.nat(0xffff), startMs: fc.nat(2 ** 31 - 1) });
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        // Half the circle apart, with one start: nothing says anything.
        fc.pre(a.boot !== b.boot && (a.startMs !== b.startMs || ((a.boot - b.boot) & 0xffff) !== 0x8000));
        expect(bootIsNewer(a, b)).not.toBe(bootIsNewer(b, a));
      }),
    );
  });
});

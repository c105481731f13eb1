import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WINDOW_SETTINGS_DEFAULT, windowPhaseMs, windowStartMs } from './window-time.ts';

const settings = fc.record({
  windowMs: fc.integer({ min: 1000, max: 3_600_000 }),
  windowOriginMs: fc.integer({ min: 0, max: 2_000_000_000_000 }),
  windowPhaseSpreadMs: fc.nat(600_000),
});
const patient = fc.nat(999_999).map((index) => `p${String(index).padStart(6, '0')}`);
const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });

describe('windows in time', () => {
  it('hold the moment that they were asked for, and only that', () => {
    fc.assert(
      fc.property(settings, patient, moment, (given, who, atMs) => {
        const phaseMs = windowPhaseMs(who, given);
        const startMs = windowStartMs(atMs, phaseMs, given);
        expect(startMs).toBeLessThanOrEqual(atMs);
        expect(atMs).toBeLessThan(startMs + given.windowMs);
        // They join without gap or overlap.
        expect(windowStartMs(startMs, phaseMs, given)).toBe(startMs);
        expect(windowStartMs(startMs - 1, phaseMs, given)).toBe(startMs - given.windowMs);
        expect(windowStartMs(startMs + given.windowMs, phaseMs, given)).toBe(startMs + given.windowMs);
      }),
    );
  });

  it("begin at the origin and the patient's phase", () => {
    fc.assert(
      fc.property(settings, patient, moment, (given, who, atMs) => {
        const phaseMs = windowPhaseMs(who, given);
        const sinceOriginMs = windowStartMs(atMs, phaseMs, given) - given.windowOriginMs - phaseMs;
        expect(Math.abs(sinceOriginMs % given.windowMs)).toBe(0);
      }),
    );
  });

  it('all close at once without a spread', () => {
    fc.assert(
      fc.property(patient, (who) => {
        expect(windowPhaseMs(who, { ...WINDOW_SETTINGS_DEFAULT, windowPhaseSpreadMs: 0 })).toBe(0);
      }),
    );
  });

  it('close evenly over the spread otherwise, and a patient keeps the phase', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let index = 0; index < 10_000; index++) {
      const phaseMs = windowPhaseMs(`p${index}`, WINDOW_SETTINGS_DEFAULT);
      expect(phaseMs).toBe(windowPhaseMs(`p${index}`, WINDOW_SETTINGS_DEFAULT));
      tenths[Math.floor(phaseMs / 6000)]! += 1;
    }
    // 1,000 each, standard deviation 30.
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('include moments before the origin', () => {
    const given = { windowMs: 60_000, windowOriginMs: 1_000_000, windowPhaseSpreadMs: 0 };
    expect(windowStartMs(999_999, 0, given)).toBe(940_000);
    expect(windowStartMs(1_000_000, 0, given)).toBe(1_000_000);
  });
});

import { describe, expect, it } from 'vitest';
import { BACKOFF_DEFAULT, backoffMs } from './backoff.ts';
import {
  batteryMv,
  connectAtMs,
  phaseMs,
  plannedReadings,
  type Schedule,
  slotDueMs,
  slotStartMs,
} from './schedule.ts';

const SCHEDULE: Schedule = {
  seed: 7,
  devices: 10_000,
  startMs: 1_772_323_200_000,
  slotMs: 5000,
  connectMs: 10_000,
};

describe('schedule', () => {
  it('spreads readings over the slot so that no 100 ms get twice their share', () => {
    const counts = new Array<number>(50).fill(0);
    for (let device = 0; device < SCHEDULE.devices; device++) {
      const phase = phaseMs(SCHEDULE, device);
      expect(Number.isInteger(phase) && phase >= 0 && phase < SCHEDULE.slotMs).toBe(true);
      counts[Math.floor(phase / 100)]!++;
    }
    expect(Math.max(...counts)).toBeLessThan(400);
    expect(Math.min(...counts)).toBeGreaterThan(100);
  });

  it('makes a reading due at the end of its slot, and slots follow each other without a gap', () => {
    expect(slotDueMs(SCHEDULE, 42, 3)).toBe(slotStartMs(SCHEDULE, 42, 4));
    expect(slotStartMs(SCHEDULE, 42, 0)).toBe(SCHEDULE.startMs + phaseMs(SCHEDULE, 42));
  });

  it('connects the first device right after the phase begins and the last one before it ends, evenly', () => {
    const first = SCHEDULE.startMs - SCHEDULE.connectMs;
    expect(connectAtMs(SCHEDULE, 0)).toBe(first);
    expect(connectAtMs(SCHEDULE, 5000)).toBe(first + 5000);
    expect(connectAtMs(SCHEDULE, 9999)).toBeLessThan(SCHEDULE.startMs);
  });

  it('plans as many readings as slots end within the span', () => {
    const fromMs = SCHEDULE.startMs + 7000;
    const toMs = fromMs + 33_333;
    let counted = 0;
    for (let device = 0; device < 100; device++) {
      for (let slot = 0; slot < 20; slot++) {
        const dueMs = slotDueMs(SCHEDULE, device, slot);
        if (dueMs >= fromMs && dueMs < toMs) counted++;
      }
    }
    expect(plannedReadings({ ...SCHEDULE, devices: 100 }, fromMs, toMs)).toBe(counted);
    expect(plannedReadings(SCHEDULE, toMs, toMs)).toBe(0);
  });

  it('never charges a battery, and keeps it within what a frame can say', () => {
    expect(batteryMv(7, 3, 0)).toBeGreaterThan(batteryMv(7, 3, 24 * 3_600_000));
    expect(batteryMv(7, 3, 1e12)).toBe(3300);
  });
});

describe('backoff', () => {
  it('doubles up to the cap and draws the jitter below it, so that few devices wait for the same time', () => {
    for (const [attempt, ceilingMs] of [
      [0, 1000],
      [3, 8000],
      [7, 120_000],
      [60, 120_000],
    ] as const) {
      const waits = Array.from({ length: 1000 }, (_, device) =>
        backoffMs(BACKOFF_DEFAULT, 7, device, attempt, 1),
      );
      expect(Math.max(...waits)).toBeLessThan(ceilingMs);
      expect(Math.max(...waits)).toBeGreaterThan(0.98 * ceilingMs);
      expect(Math.min(...waits)).toBeLessThan(0.02 * ceilingMs);
      expect(new Set(waits).size).toBeGreaterThan(990);
    }
  });

  it('draws anew in each outage, and the same again with the same seed', () => {
    expect(backoffMs(BACKOFF_DEFAULT, 7, 1, 2, 5)).not.toBe(backoffMs(BACKOFF_DEFAULT, 7, 1, 2, 6));
    expect(backoffMs(BACKOFF_DEFAULT, 7, 1, 2, 5)).toBe(backoffMs(BACKOFF_DEFAULT, 7, 1, 2, 5));
  });
});

import { describe, expect, it } from 'vitest';
import type { FleetPlan } from '../fleet/fleet-plan.ts';
import { phasesOf } from '../fleet/phases.ts';
import { plannedReadings, slotStartMs } from '../fleet/schedule.ts';
import { LatencyRecorder } from '../latency/latency-recorder.ts';
import { dueMs, holdsReading, type PatientSights, patientSightsOf, windowEndMs } from './patient-sights.ts';
import type { SightFreshness } from './sight-freshness.ts';
import { ViewerFreshness } from './viewer-freshness.ts';

const START_MS = 1_800_000_000_000;
const SIGHTS: PatientSights = {
  firstSlotMs: START_MS + 1234,
  slotMs: 5000,
  firstWindowMs: START_MS - 20_000,
  windowMs: 60_000,
};
const PHASES = phasesOf(START_MS, { connectMs: 5000, warmUpMs: 10_000, measureMs: 300_000, drainMs: 30_000 });
/** When the viewers leave. */
const LEFT_MS = PHASES.measureToMs + 2000;
/** From a window's end to its closing. */
const CLOSING_LAG_MS = 2000;
const WAY_MS = 20;

/** A viewer of one patient, and a server that shows of it what the test says, each thing in 20 ms. */
function watching(sights = SIGHTS) {
  const freshness = new ViewerFreshness(PHASES, (patient) => (patient === 'p1' ? sights : undefined));
  freshness.watch('v', 'p1');
  return {
    freshness,
    showReading: (slot: number, wayMs = WAY_MS) =>
      freshness.reading('v', 'p1', sights.firstSlotMs + slot * sights.slotMs, dueMs(sights, slot) + wayMs),
    showWindow: (window: number, wayMs = WAY_MS) => {
      const endMs = windowEndMs(sights, window);
      const closedAtMs = endMs + CLOSING_LAG_MS;
      freshness.window('v', 'p1', endMs - sights.windowMs, closedAtMs, closedAtMs + wayMs);
    },
  };
}

const SLOTS = 62;
const MEASURED = 60;
const WINDOWS = 6;

/** Percentiles come from a histogram of three digits. */
const about = (ms: number) => expect.closeTo(ms, ms < 1000 ? 0 : -2);

function resultOf(freshness: SightFreshness) {
  const { freshness: latency, seen, superseded, neverSeen } = freshness.encode();
  return { ...LatencyRecorder.decode(latency).summary(), seen, superseded, neverSeen };
}

describe('the freshness of what viewers know', () => {
  it('is the way of each reading where every one is shown', () => {
    const { freshness, showReading } = watching();
    for (let slot = 0; slot < SLOTS; slot++) showReading(slot);
    freshness.finish(LEFT_MS, PHASES.measureToMs);
    expect(resultOf(freshness.readings)).toMatchObject({
      ...{ count: MEASURED, seen: MEASURED, superseded: 0, neverSeen: 0 },
      ...{ minMs: about(WAY_MS), p95Ms: about(WAY_MS), maxMs: WAY_MS },
    });
  });

  it('shows it when a server shows only every third reading', () => {
    const { freshness, showReading } = watching();
    for (let slot = 0; slot < SLOTS; slot += 3) showReading(slot);
    freshness.finish(LEFT_MS, PHASES.measureToMs);
    const { p50Ms, p95Ms, count, seen, superseded, neverSeen } = resultOf(freshness.readings);
    // The two between were passed over when the third came, 5 s and 10 s after they were due.
    expect(p50Ms).toBeGreaterThanOrEqual(5000);
    expect(p95Ms).toBeGreaterThanOrEqual(10_000);
    expect({ count, seen, superseded, neverSeen }).toEqual({
      ...{ count: MEASURED, seen: 20, superseded: 40, neverSeen: 0 },
    });
  });

  it('shows it when the viewer was away for ten seconds', () => {
    const { freshness, showReading } = watching();
    for (let slot = 0; slot < SLOTS; slot++) {
      if (slot === 30) freshness.watch('v', 'p1');
      if (slot !== 30 && slot !== 31) showReading(slot);
    }
    freshness.finish(LEFT_MS, PHASES.measureToMs);
    expect(resultOf(freshness.readings)).toMatchObject({
      ...{ count: MEASURED, seen: 58, superseded: 2, neverSeen: 0 },
      ...{ p95Ms: about(WAY_MS), p99Ms: about(10_020), maxMs: 10_020 },
    });
  });

  it('grows with every reading that was never seen, also of a viewer who saw none at all', () => {
    const { freshness } = watching();
    freshness.finish(LEFT_MS, PHASES.measureToMs);
    const { count, neverSeen, maxMs, minMs } = resultOf(freshness.readings);
    expect({ count, neverSeen }).toEqual({ count: MEASURED, neverSeen: MEASURED });
    expect(maxMs).toBe(LEFT_MS - dueMs(SIGHTS, 1));
    expect(minMs).toEqual(about(LEFT_MS - dueMs(SIGHTS, 60)));
  });

  it('takes each reading once: shown again, or after a newer one, it changes nothing', () => {
    const { freshness, showReading } = watching();
    for (let slot = 0; slot < SLOTS; slot++) {
      if (slot % 10 !== 3) showReading(slot);
      for (let again = 0; again < 5; again++) showReading(slot - 1, 6000);
    }
    freshness.finish(LEFT_MS, PHASES.measureToMs);
    expect(resultOf(freshness.readings)).toMatchObject({ count: MEASURED, seen: 54, superseded: 6 });
  });

  it('is not made better by readings that nobody can have made yet, nor by foreign patients', () => {
    const { freshness } = watching();
    freshness.reading('v', 'p1', START_MS + 3_600_000, START_MS + 20_000);
    freshness.reading('v', 'p1', Number.NaN, START_MS + 20_000);
    freshness.window('v', 'p1', START_MS + 3_600_000, START_MS + 20_000, START_MS + 20_000);
    freshness.watch('v', 'p2');
    freshness.reading('v', 'p2', START_MS, START_MS + 20_000);
    freshness.reading('stranger', 'p1', START_MS, START_MS + 20_000);
    freshness.finish(LEFT_MS, PHASES.measureToMs);
    expect(resultOf(freshness.readings)).toMatchObject({ count: MEASURED, neverSeen: MEASURED });
    expect(resultOf(freshness.windows)).toMatchObject({ seen: 0 });
  });

  it('understands a device whose clock is a little off, and counts from when the reading was due', () => {
    const { freshness } = watching();
    for (let slot = 0; slot < SLOTS; slot++) {
      freshness.reading('v', 'p1', SIGHTS.firstSlotMs + slot * 5000 - 2000, dueMs(SIGHTS, slot) + WAY_MS);
    }
    freshness.finish(LEFT_MS, PHASES.measureToMs);
    expect(resultOf(freshness.readings)).toMatchObject({
      seen: MEASURED,
      superseded: 0,
      p95Ms: about(WAY_MS),
    });
  });

  it('expects nothing that is due after a run was cut short', () => {
    const { freshness, showReading } = watching();
    for (let slot = 0; slot < 20; slot++) showReading(slot);
    freshness.finish(dueMs(SIGHTS, 19) + 3000, dueMs(SIGHTS, 19) + 100);
    expect(resultOf(freshness.readings)).toMatchObject({ seen: 19, superseded: 0, neverSeen: 0 });
  });

  it('counts a window from its closing, and one that was passed over when the next was shown', () => {
    const { freshness, showWindow } = watching();
    for (let window = 0; window < WINDOWS; window++) if (window !== 2) showWindow(window);
    freshness.finish(LEFT_MS, PHASES.measureToMs);
    expect(resultOf(freshness.windows)).toMatchObject({
      ...{ count: 5, seen: 4, superseded: 1, neverSeen: 0 },
      ...{ minMs: about(WAY_MS), maxMs: 60_000 + WAY_MS },
    });
  });

  it('counts windows that were never shown with their age when the viewers left', () => {
    const { freshness, showWindow } = watching();
    showWindow(0);
    showWindow(1);
    freshness.finish(LEFT_MS, PHASES.measureToMs);
    const closedAtMs = windowEndMs(SIGHTS, 2) + CLOSING_LAG_MS;
    expect(resultOf(freshness.windows)).toMatchObject({
      ...{ count: 5, seen: 2, superseded: 0, neverSeen: 3 },
      maxMs: LEFT_MS - closedAtMs,
    });
  });

  it('waits for no window in which no slot starts', () => {
    const sights = { firstSlotMs: START_MS, slotMs: 60_000, firstWindowMs: START_MS, windowMs: 20_000 };
    expect([0, 1, 2, 3, 4, 5, 6].filter((window) => holdsReading(sights, window))).toEqual([0, 3, 6]);
    const { freshness, showWindow } = watching(sights);
    for (const window of [0, 3, 6, 9, 12]) showWindow(window);
    freshness.finish(LEFT_MS, PHASES.measureToMs);
    expect(resultOf(freshness.windows)).toMatchObject({ seen: 5, superseded: 0, neverSeen: 0 });
  });
});

describe('what there is to see of a patient', () => {
  const plan = {
    ...{ seed: 7, patients: 50, slotMs: 5000, startMs: START_MS, connectMs: 5000 },
    window: { windowMs: 60_000, windowOriginMs: 0, windowPhaseSpreadMs: 60_000 },
  } as FleetPlan;

  it('is what the fleet plays', () => {
    let readings = 0;
    for (let index = 0; index < plan.patients; index++) {
      const sights = patientSightsOf(plan, index, `patient-${index}`);
      const schedule = { ...plan, devices: plan.patients };
      expect(sights.firstSlotMs).toBe(slotStartMs(schedule, index, 0));
      expect(sights.firstWindowMs).toBeLessThanOrEqual(sights.firstSlotMs);
      expect(windowEndMs(sights, 0)).toBeGreaterThan(sights.firstSlotMs);
      const freshness = new ViewerFreshness(PHASES, () => sights);
      freshness.watch('v', 'p');
      freshness.finish(LEFT_MS, PHASES.measureToMs);
      readings += resultOf(freshness.readings).count;
    }
    const schedule = { ...plan, devices: plan.patients };
    expect(readings).toBe(plannedReadings(schedule, PHASES.measureFromMs, PHASES.measureToMs));
  });
});

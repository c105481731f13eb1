import { describe, expect, it } from 'vitest';
import { noCounters } from '../fleet/counters.ts';
import { type FleetPlan, planPhases } from '../fleet/fleet-plan.ts';
import { fleetResultOf, type PlayedFleet } from '../fleet/fleet-result-of.ts';
import { SightFreshness } from './sight-freshness.ts';
import type { ViewersEnd } from './viewers.ts';

const plan = {
  ...{ seed: 7, patients: 2, startMs: 10_000, slotMs: 1000 },
  ...{ connectMs: 1000, warmUpMs: 1000, measureMs: 5000, drainMs: 1000 },
} as FleetPlan;

function resultWith(viewersEnd: ViewersEnd | undefined) {
  return fleetResultOf({
    ...{ plan, phases: planPhases(plan), interrupted: false, ends: [], viewersEnd },
    ...{ counters: noCounters(), processes: [] },
    generator: { valid: true, reasons: [], processes: [] },
  } satisfies PlayedFleet);
}

describe('what a run says of its viewers', () => {
  it('holds what was seen, passed over and never seen, and how often they were told that they are slow', () => {
    const readings = new SightFreshness(9000);
    readings.record(12_000, 20, 'seen', true);
    readings.record(13_000, 5020, 'superseded', true);
    readings.record(19_000, 9000, 'neverSeen', true);
    readings.record(11_000, 70_000, 'seen', false);
    const { freshness, series } = resultWith({
      snapshot: { slow: 2, missed: 31 },
      readings: readings.encode(),
      windows: new SightFreshness(9000).encode(),
    } as ViewersEnd);
    expect(freshness.reading).toMatchObject({ count: 3, seen: 1, superseded: 1, neverSeen: 1, maxMs: 9000 });
    expect(freshness.window).toMatchObject({ count: 0, p95Ms: null });
    expect(freshness.slow).toEqual({ notices: 2, dropped: 31 });
    expect(series.readingFreshness.seconds.map(([second]) => second)).toEqual([2, 3, 4, 10]);
  });

  it('is nothing where there were none, or where their process died', () => {
    const { freshness } = resultWith(undefined);
    expect(freshness.reading).toMatchObject({ count: 0, p95Ms: null, seen: 0, superseded: 0, neverSeen: 0 });
    expect(freshness.slow).toEqual({ notices: 0, dropped: 0 });
  });
});

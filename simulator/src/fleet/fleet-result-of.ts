import type { CanariesEnd } from '../canaries/canary-counts.ts';
import { LatencyRecorder } from '../latency/latency-recorder.ts';
import { CountSeries, LatencySeries } from '../latency/per-second.ts';
import { mergeReadingLatencies } from '../latency/reading-latency.ts';
import type { EncodedSightFreshness } from '../viewers/sight-freshness.ts';
import type { ViewersEnd } from '../viewers/viewers.ts';
import { type FleetCounters, noCounters } from './counters.ts';
import type { FleetEnd } from './fleet.ts';
import { type FleetPlan, planPhases, planSchedule } from './fleet-plan.ts';
import type { FleetResult, ProcessUse } from './fleet-result.ts';
import type { GeneratorVerdict } from './generator-health.ts';
import type { FleetPhases } from './phases.ts';
import { plannedReadings } from './schedule.ts';

/** What a coordinator has in its hands when all processes are done or gone. */
export interface PlayedFleet {
  plan: FleetPlan;
  /** As they were played. */
  phases: FleetPhases;
  interrupted: boolean;
  /** Of the workers that came to their end. */
  ends: readonly FleetEnd[];
  /** `undefined`: no viewers, or their process died. */
  viewersEnd: ViewersEnd | undefined;
  canariesEnd?: CanariesEnd | undefined;
  /** Of all workers, with the last that is known of those that did not come to their end. */
  counters: FleetCounters;
  generator: GeneratorVerdict;
  processes: ProcessUse[];
}

/** A plan of which nothing is known to have been played; `reason` says why its generator counts as invalid. */
export function unplayedFleet(plan: FleetPlan, reason: string): FleetResult {
  return fleetResultOf({
    plan,
    phases: planPhases(plan),
    interrupted: false,
    ends: [],
    viewersEnd: undefined,
    counters: noCounters(),
    generator: { valid: false, reasons: [reason], processes: [] },
    processes: [],
  });
}

/** Puts together what the processes of a fleet measured. */
export function fleetResultOf(played: PlayedFleet): FleetResult {
  const { plan, phases, interrupted, ends, viewersEnd, counters, generator, processes } = played;
  const { connectMs } = planPhases(plan);
  const latency = new LatencySeries(connectMs);
  const counts = new CountSeries(connectMs);
  for (const end of ends) {
    latency.add(end.latencySeries);
    counts.add(end.countSeries);
  }
  const nothing = { startMs: connectMs, seconds: [] };
  return {
    runId: plan.runId,
    seed: plan.seed,
    ...{ phases, interrupted, counters, generator, processes },
    // What a chip cannot make while it is updated is not planned.
    planned:
      plannedReadings(planSchedule(plan), phases.measureFromMs, phases.measureToMs) - counters.lostToUpdates,
    latency: mergeReadingLatencies(ends.map((end) => end.latency)),
    freshness: {
      reading: freshnessOf(viewersEnd?.readings),
      window: freshnessOf(viewersEnd?.windows),
      slow: {
        notices: viewersEnd?.snapshot.slow ?? 0,
        dropped: viewersEnd?.snapshot.missed ?? 0,
      },
    },
    series: {
      latency: latency.encode(),
      counts: counts.encode(),
      readingFreshness: viewersEnd?.readings.series ?? nothing,
      windowFreshness: viewersEnd?.windows.series ?? nothing,
    },
    viewers: viewersEnd?.snapshot,
    observations: viewersEnd?.observations,
    canaries: played.canariesEnd,
  };
}

function freshnessOf(encoded: EncodedSightFreshness | undefined): FleetResult['freshness']['reading'] {
  if (encoded === undefined) {
    return { ...new LatencyRecorder().summary(), seen: 0, superseded: 0, neverSeen: 0 };
  }
  const { freshness, seen, superseded, neverSeen } = encoded;
  return { ...LatencyRecorder.decode(freshness).summary(), seen, superseded, neverSeen };
}

import { LatencyRecorder } from '../latency/latency-recorder.ts';
import { CountSeries, LatencySeries } from '../latency/per-second.ts';
import { mergeReadingLatencies } from '../latency/reading-latency.ts';
import type { ViewersEnd } from '../viewers/viewers.ts';
import type { FleetCounters } from './counters.ts';
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
  /** Of all workers, with the last that is known of those that did not come to their end. */
  counters: FleetCounters;
  generator: GeneratorVerdict;
  processes: ProcessUse[];
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
  const freshness = (encoded: ViewersEnd['readingFreshness'] | undefined) =>
    (encoded === undefined ? new LatencyRecorder() : LatencyRecorder.decode(encoded)).summary();
  return {
    runId: plan.runId,
    seed: plan.seed,
    ...{ phases, interrupted, counters, generator, processes },
    planned: plannedReadings(planSchedule(plan), phases.measureFromMs, phases.measureToMs),
    latency: mergeReadingLatencies(ends.map((end) => end.latency)),
    freshness: {
      reading: freshness(viewersEnd?.readingFreshness),
      window: freshness(viewersEnd?.windowFreshness),
    },
    series: {
      latency: latency.encode(),
      counts: counts.encode(),
      readingFreshness: viewersEnd?.readingSeries ?? nothing,
      windowFreshness: viewersEnd?.windowSeries ?? nothing,
    },
    viewers: viewersEnd?.snapshot,
    observations: viewersEnd?.observations,
  };
}

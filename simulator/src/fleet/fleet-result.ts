import type { RunFreshness } from '@gaitway/contract';
import type { StageCpu } from '@gaitway/reference-server';
import type { ViewerObservationsRecord } from '../audit/viewer-record.ts';
import type { CanariesEnd } from '../canaries/canary-counts.ts';
import type { EncodedCountSeries, EncodedLatencySeries } from '../latency/per-second.ts';
import type { ReadingLatencySummary } from '../latency/reading-latency.ts';
import type { ViewersSnapshot } from '../viewers/viewers.ts';
import type { FleetCounters } from './counters.ts';
import type { GeneratorVerdict } from './generator-health.ts';
import type { FleetPhase, FleetPhases } from './phases.ts';

/** What one process of the generator used over the whole run. */
export interface ProcessUse {
  name: string;
  pid: number | undefined;
  cpuUserMs: number;
  cpuSystemMs: number;
  rssBytesMax: number;
  gcPauseMs: number;
  gcPauseMsMax: number;
  /** Over the whole run, connect phase included; the percentile is `null` as long as nothing was reported. */
  eventLoopDelayMsP99: number | null;
  eventLoopDelayMsMax: number;
  /** What part of that CPU went where; nothing of viewers, and of a worker that did not come to its end. */
  stages: StageCpu[];
  /** Once a second. */
  samples: ProcessUseSample[];
}

export interface ProcessUseSample {
  atMs: number;
  cpuMs: number;
  rssBytes: number;
  eventLoopDelayMaxMs: number;
}

/** What a fleet's run comes to. All moments in ms since the epoch. */
export interface FleetResult {
  runId: string;
  seed: number;
  phases: FleetPhases;
  /** Stopped before its time: the measure phase is shorter than planned. */
  interrupted: boolean;
  /** Readings that the schedule has in the measure phase. */
  planned: number;
  counters: FleetCounters;
  /** From due to acknowledged, readings due in the measure phase. */
  latency: ReadingLatencySummary;
  /** What viewers knew of what there was to see, and how old it was. */
  freshness: RunFreshness['viewer'];
  generator: GeneratorVerdict;
  processes: ProcessUse[];
  series: {
    latency: EncodedLatencySeries;
    counts: EncodedCountSeries;
    readingFreshness: EncodedLatencySeries;
    windowFreshness: EncodedLatencySeries;
  };
  /** `undefined`: no viewers, or their process died. */
  viewers: ViewersSnapshot | undefined;
  observations: ViewerObservationsRecord | undefined;
  /** `undefined`: none were asked for, or their process died. */
  canaries?: CanariesEnd | undefined;
}

/** Percentiles since the first look; `null`: no sample yet. */
export interface SoFar {
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  samples: number;
}

/** A second of a running fleet, all workers together: what a person looks at. */
export interface FleetLive {
  atMs: number;
  phase: FleetPhase;
  counters: FleetCounters;
  acknowledgedPerSecond: number;
  /** Latencies of what was acknowledged since the last look; `null`: nothing was. */
  ackP50Ms: number | null;
  ackP95Ms: number | null;
  ackP99Ms: number | null;
  sendLagMaxMs: number;
  /** Of the worker that is worst, since the first slots. */
  sendLagP99Ms: number | null;
  viewers: ViewersSnapshot | undefined;
  readingFreshnessP95Ms: number | null;
  /** Of the whole run until now, warm-up included; the run record has the measure phase alone. */
  soFar: { ack: SoFar; reading: SoFar; window: SoFar };
  /** Longest event-loop delay of a process of the generator, after the connect phase. */
  eventLoopDelayMaxMs: number;
  /** Reasons so far why the run would be invalid. */
  reasons: string[];
}

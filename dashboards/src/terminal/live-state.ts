import type { RunPhase } from '@gaitway/contract';

/** Percentiles so far; `null`: no sample yet. */
export interface LivePercentiles {
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  samples: number;
}

/** What the live view shows of a run at one moment. Plain data, filled by the coordinator once a second or oftener. */
export interface LiveState {
  scenario: string;
  patients: number;
  seed: number;
  phase: RunPhase;
  /** Within the phase. */
  phaseElapsedMs: number;
  phaseMs: number;
  /** Since the run began; `runMs` is planned, without the part of the drain that may not be needed. */
  elapsedMs: number;
  runMs: number;
  devices: { connected: number; planned: number };
  viewers: { connected: number; planned: number };
  readingsPerSecond: { now: number; planned: number; history: readonly number[] };
  waiting: { unacknowledged: number; rejected: number; retransmitted: number };
  /** From due time. */
  ack: LivePercentiles & { p95History: readonly (number | null)[] };
  /** Of the scenario's SLOs; `null`: it has none on this. */
  limits: {
    ackP95Ms: number | null;
    ackP99Ms: number | null;
    readingP95Ms: number | null;
    windowP95Ms: number | null;
  };
  freshness: { reading: LivePercentiles; window: LivePercentiles };
  windows: { complete: number; partial: number };
  alerts: number;
  generator: {
    /** What would make the run invalid so far, one sentence each. */
    reasons: readonly string[];
    sendLagP99Ms: number | null;
    eventLoopDelayMsMax: number | null;
    notSentOnTime: number;
  };
}

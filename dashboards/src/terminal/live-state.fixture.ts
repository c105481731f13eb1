import type { LiveState } from './live-state.ts';

/** A run in the middle of its measure phase, with nothing wrong. */
export function liveState(changes: Partial<LiveState> = {}): LiveState {
  return {
    scenario: 'mvp',
    patients: 100,
    seed: 7,
    phase: 'measure',
    phaseElapsedMs: 41_000,
    phaseMs: 68_000,
    elapsedMs: 49_000,
    runMs: 76_000,
    devices: { connected: 100, planned: 100 },
    viewers: { connected: 5, planned: 5 },
    readingsPerSecond: {
      now: 20.1,
      planned: 20,
      history: Array.from({ length: 49 }, (_, at) => (at < 8 ? at * 2 : 17 + (at % 5))),
    },
    waiting: { unacknowledged: 2, rejected: 0, retransmitted: 0 },
    ack: {
      p50Ms: 4.12,
      p95Ms: 11.8,
      p99Ms: 24.04,
      samples: 820,
      p95History: Array.from({ length: 49 }, (_, at) => (at < 5 ? null : 8 + ((at * 7) % 11))),
    },
    limits: { ackP95Ms: 200, ackP99Ms: 500, readingP95Ms: 1000, windowP95Ms: 3000 },
    freshness: {
      reading: { p50Ms: 9, p95Ms: 41.3, p99Ms: 77, samples: 790 },
      window: { p50Ms: null, p95Ms: null, p99Ms: null, samples: 0 },
    },
    windows: { complete: 0, partial: 0 },
    alerts: 3,
    generator: { reasons: [], sendLagP99Ms: 2.1, eventLoopDelayMsMax: 14, notSentOnTime: 0 },
    ...changes,
  };
}

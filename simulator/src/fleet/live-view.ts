import { addBuckets, BUCKETS, bucketsPercentileMs } from '../latency/sparse-histogram.ts';
import type { ViewersSnapshot } from '../viewers/viewers.ts';
import { type FleetCounters, sumCounters } from './counters.ts';
import type { FleetSnapshot } from './fleet.ts';
import type { FleetLive, SoFar } from './fleet-result.ts';
import type { FleetPhase } from './phases.ts';

/** Puts the workers' seconds together as they arrive; each look begins a new second. */
export class LiveView {
  private readonly counters = new Map<string, FleetCounters>();
  private readonly latency = new Uint32Array(BUCKETS);
  private readonly freshness = new Uint32Array(BUCKETS);
  private readonly soFar = {
    ack: new Uint32Array(BUCKETS),
    reading: new Uint32Array(BUCKETS),
    window: new Uint32Array(BUCKETS),
  };
  private sendLagMaxMs = 0;
  private readonly sendLagP99Ms = new Map<string, number>();
  private viewers: ViewersSnapshot | undefined;
  private phase: FleetPhase = 'connect';
  private lastAcknowledged = 0;
  private lastAtMs: number | undefined;

  fleet(worker: string, snapshot: FleetSnapshot): void {
    this.counters.set(worker, snapshot.counters);
    this.phase = snapshot.phase;
    this.sendLagMaxMs = Math.max(this.sendLagMaxMs, snapshot.sendLagMaxMs);
    if (snapshot.sendLagP99Ms !== null) this.sendLagP99Ms.set(worker, snapshot.sendLagP99Ms);
    addBuckets(snapshot.latencyBuckets, this.latency);
    addBuckets(snapshot.latencyBuckets, this.soFar.ack);
  }

  seen(snapshot: ViewersSnapshot): void {
    this.viewers = snapshot;
    addBuckets(snapshot.freshnessBuckets, this.freshness);
    addBuckets(snapshot.freshnessBuckets, this.soFar.reading);
    addBuckets(snapshot.windowFreshnessBuckets, this.soFar.window);
  }

  /** What a worker last reported. */
  countersOf(worker: string): FleetCounters | undefined {
    return this.counters.get(worker);
  }

  look(atMs: number, reasons: string[], eventLoopDelayMaxMs: number): FleetLive {
    const counters = sumCounters([...this.counters.values()]);
    const seconds = this.lastAtMs === undefined ? 0 : (atMs - this.lastAtMs) / 1000;
    const acknowledged = counters.all.acknowledged;
    const live: FleetLive = {
      atMs,
      phase: this.phase,
      counters,
      acknowledgedPerSecond: seconds > 0 ? (acknowledged - this.lastAcknowledged) / seconds : 0,
      ackP50Ms: bucketsPercentileMs(this.latency, 50),
      ackP95Ms: bucketsPercentileMs(this.latency, 95),
      ackP99Ms: bucketsPercentileMs(this.latency, 99),
      sendLagMaxMs: this.sendLagMaxMs,
      sendLagP99Ms: this.sendLagP99Ms.size > 0 ? Math.max(...this.sendLagP99Ms.values()) : null,
      viewers: this.viewers,
      readingFreshnessP95Ms: bucketsPercentileMs(this.freshness, 95),
      soFar: {
        ack: percentiles(this.soFar.ack),
        reading: percentiles(this.soFar.reading),
        window: percentiles(this.soFar.window),
      },
      eventLoopDelayMaxMs,
      reasons,
    };
    this.latency.fill(0);
    this.freshness.fill(0);
    this.sendLagMaxMs = 0;
    this.lastAcknowledged = acknowledged;
    this.lastAtMs = atMs;
    return live;
  }
}

function percentiles(counts: Uint32Array): SoFar {
  return {
    p50Ms: bucketsPercentileMs(counts, 50),
    p95Ms: bucketsPercentileMs(counts, 95),
    p99Ms: bucketsPercentileMs(counts, 99),
    samples: counts.reduce((sum, count) => sum + count, 0),
  };
}

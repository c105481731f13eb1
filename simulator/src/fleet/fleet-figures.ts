import type { HeldFrame } from '@gaitway/firmware';
import { type EncodedLatency, LatencyRecorder } from '../latency/latency-recorder.ts';
import {
  CountSeries,
  type EncodedCountSeries,
  type EncodedLatencySeries,
  LatencySeries,
} from '../latency/per-second.ts';
import { type EncodedReadingLatencies, ReadingLatencies } from '../latency/reading-latency.ts';
import { BUCKETS, bucketOf, encodeBuckets } from '../latency/sparse-histogram.ts';
import type { ReadingOutcome } from '../ledger/ledger-format.ts';
import { type FleetCounters, noCounters } from './counters.ts';
import type { FleetPhases } from './phases.ts';

/** A look at the figures. Counters are since the start; the rest is since the last look. */
export interface FiguresSnapshot {
  counters: FleetCounters;
  /** Acknowledgement latencies by bucket (`sparse-histogram.ts`). */
  latencyBuckets: string;
  /** How late the generator took up the latest reading of all. */
  sendLagMaxMs: number;
  /** Since the first slots; `null`: nothing was due yet. */
  sendLagP99Ms: number | null;
}

/** What they come to. */
export interface FiguresEnd {
  counters: FleetCounters;
  latency: EncodedReadingLatencies;
  /** How late readings were taken up, from the first slots on. */
  sendLag: EncodedLatency;
  latencySeries: EncodedLatencySeries;
  countSeries: EncodedCountSeries;
}

/** What one worker counts and measures of its readings. */
export class FleetFigures {
  readonly counters = noCounters();
  private readonly phases: FleetPhases;
  private readonly lateMs: number;
  private readonly latencies: ReadingLatencies;
  private readonly sendLag = new LatencyRecorder();
  private readonly latencySeries: LatencySeries;
  private readonly countSeries: CountSeries;
  private readonly buckets = new Uint32Array(BUCKETS);
  private sendLagMaxMs = 0;

  /** `phases`: as planned. A reading that is taken up later than `lateMs` after it was due was not sent on time. */
  constructor(phases: FleetPhases, lateMs: number) {
    this.phases = phases;
    this.lateMs = lateMs;
    this.latencies = new ReadingLatencies({ fromMs: phases.measureFromMs, toMs: phases.measureToMs });
    this.latencySeries = new LatencySeries(phases.connectMs);
    this.countSeries = new CountSeries(phases.connectMs);
  }

  /** A slot ended: a device made this frame. */
  made({ dueMs }: HeldFrame, nowMs: number): void {
    const { counters } = this;
    const lagMs = nowMs - dueMs;
    const late = lagMs > this.lateMs;
    this.sendLag.record(lagMs);
    if (lagMs > this.sendLagMaxMs) this.sendLagMaxMs = lagMs;
    counters.all.due++;
    if (late) counters.all.notSentOnTime++;
    if (this.isMeasured(dueMs)) {
      counters.measured.due++;
      if (late) counters.measured.notSentOnTime++;
    }
    this.countSeries.count('due', nowMs);
  }

  /** A slot that was due then made no reading, for the sake of an update. */
  notMade(dueMs: number): void {
    if (this.isMeasured(dueMs)) this.counters.lostToUpdates++;
  }

  /** A frame was written to a socket for the first time. */
  firstSent({ dueMs, firstSentMs }: HeldFrame): void {
    this.counters.all.sent++;
    if (this.isMeasured(dueMs)) this.counters.measured.sent++;
    this.countSeries.count('sent', firstSentMs);
  }

  /** A device is done with a frame. */
  resolved({ dueMs }: HeldFrame, outcome: ReadingOutcome, nowMs: number): void {
    this.counters.all[outcome]++;
    if (this.isMeasured(dueMs)) this.counters.measured[outcome]++;
    this.countSeries.count(outcome, nowMs);
    if (outcome === 'acknowledged') {
      const latencyMs = nowMs - dueMs;
      this.latencies.acknowledged(dueMs, nowMs);
      this.latencySeries.record(nowMs, latencyMs);
      this.buckets[bucketOf(latencyMs)]!++;
    } else this.latencies.neverAcknowledged(dueMs);
  }

  /** Notes how many devices are connected, if it is the most so far. */
  countConnected(): void {
    const { counters } = this;
    counters.connectedMost = Math.max(counters.connectedMost, counters.connected);
  }

  snapshot(): FiguresSnapshot {
    const snapshot = {
      counters: this.counters,
      latencyBuckets: encodeBuckets(this.buckets),
      sendLagMaxMs: this.sendLagMaxMs,
      sendLagP99Ms: this.sendLag.percentileMs(99),
    };
    this.buckets.fill(0);
    this.sendLagMaxMs = 0;
    return snapshot;
  }

  end(endedMs: number): FiguresEnd {
    return {
      counters: this.counters,
      latency: this.latencies.finish(endedMs),
      sendLag: this.sendLag.encode(),
      latencySeries: this.latencySeries.encode(),
      countSeries: this.countSeries.encode(),
    };
  }

  private isMeasured(dueMs: number): boolean {
    return dueMs >= this.phases.measureFromMs && dueMs < this.phases.measureToMs;
  }
}

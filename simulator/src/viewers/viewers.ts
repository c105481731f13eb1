import type { Clock } from '@gaitway/contract';
import { ViewerObservations, type ViewerObservationsRecord } from '../audit/viewer-observations.ts';
import type { FleetPhases } from '../fleet/phases.ts';
import { type EncodedLatency, LatencyRecorder } from '../latency/latency-recorder.ts';
import { type EncodedLatencySeries, LatencySeries } from '../latency/per-second.ts';
import { BUCKETS, bucketOf, encodeBuckets } from '../latency/sparse-histogram.ts';
import { Viewer } from './viewer.ts';
import type { ViewerPlan } from './viewer-plan.ts';

export interface ViewersOptions {
  clock: Clock;
  urls: readonly string[];
  plans: readonly ViewerPlan[];
  phases: FleetPhases;
  tokenOf(plan: ViewerPlan): string;
  wardOf(patient: string): string | undefined;
  /** The patients of a ward. */
  patientsOf(ward: string): readonly string[];
}

export interface ViewersSnapshot {
  atMs: number;
  connected: number;
  /** Targets that the server let them watch. */
  watching: number;
  refused: number;
  updates: number;
  /** Times that a viewer was told it was too slow, and what it missed. */
  slow: number;
  missed: number;
  /** Freshness of readings since the last look, by bucket (`sparse-histogram.ts`). */
  freshnessBuckets: string;
  /** The same for windows. */
  windowFreshnessBuckets: string;
}

/** What the viewers of a run saw. */
export interface ViewersEnd {
  snapshot: ViewersSnapshot;
  /** Age of a reading when it was seen, from the end of its slot; readings due in the measure phase. */
  readingFreshness: EncodedLatency;
  /** From a window's closing until it was seen; windows closed in the measure phase, first revision. */
  windowFreshness: EncodedLatency;
  readingSeries: EncodedLatencySeries;
  windowSeries: EncodedLatencySeries;
  observations: ViewerObservationsRecord;
}

/** All viewers of a run: what they see goes to the audit, how old it is to the freshness figures. */
export class Viewers {
  private readonly options: ViewersOptions;
  private readonly observations: ViewerObservations;
  private readonly viewers: Viewer[] = [];
  private readonly readingFreshness = new LatencyRecorder();
  private readonly windowFreshness = new LatencyRecorder();
  private readonly readingSeries: LatencySeries;
  private readonly windowSeries: LatencySeries;
  private readonly buckets = new Uint32Array(BUCKETS);
  private readonly windowBuckets = new Uint32Array(BUCKETS);
  private readonly offsetMs: number;
  private updates = 0;
  private lastUpdateMs = 0;
  private slow = 0;
  private missed = 0;

  constructor(options: ViewersOptions) {
    this.options = options;
    this.observations = new ViewerObservations(options.wardOf);
    this.readingSeries = new LatencySeries(options.phases.connectMs);
    this.windowSeries = new LatencySeries(options.phases.connectMs);
    this.offsetMs = options.clock.epochMs() - options.clock.monotonicMs();
  }

  nowMs(): number {
    return this.offsetMs + this.options.clock.monotonicMs();
  }

  start(): void {
    const { clock, plans, urls, tokenOf } = this.options;
    for (const [i, plan] of plans.entries()) {
      const { viewer, patients, wards } = plan.claims;
      this.observations.admit({ viewer, patients, wards });
      this.viewers.push(
        new Viewer(clock, urls[i % urls.length]!, plan, () => tokenOf(plan), this.seenBy(viewer)),
      );
    }
  }

  snapshot(): ViewersSnapshot {
    const sum = (of: (viewer: Viewer) => number) =>
      this.viewers.reduce((total, viewer) => total + of(viewer), 0);
    const snapshot = {
      atMs: this.nowMs(),
      connected: sum((viewer) => (viewer.connected ? 1 : 0)),
      watching: sum((viewer) => viewer.watching),
      refused: sum((viewer) => viewer.refused),
      updates: this.updates,
      slow: this.slow,
      missed: this.missed,
      freshnessBuckets: encodeBuckets(this.buckets),
      windowFreshnessBuckets: encodeBuckets(this.windowBuckets),
    };
    this.buckets.fill(0);
    this.windowBuckets.fill(0);
    return snapshot;
  }

  /** Resolves when nothing has arrived for `quietMs`, at the latest after `atMostMs`. */
  async settle(quietMs: number, atMostMs: number): Promise<void> {
    const { clock } = this.options;
    const fromMs = this.nowMs();
    this.lastUpdateMs = Math.max(this.lastUpdateMs, fromMs);
    while (this.nowMs() < Math.min(this.lastUpdateMs + quietMs, fromMs + atMostMs)) {
      await new Promise<void>((resolve) => clock.setTimer(Math.min(50, quietMs), resolve));
    }
  }

  /** They all leave. */
  finish(): ViewersEnd {
    const snapshot = this.snapshot();
    for (const viewer of this.viewers) viewer.leave();
    return {
      snapshot,
      readingFreshness: this.readingFreshness.encode(),
      windowFreshness: this.windowFreshness.encode(),
      readingSeries: this.readingSeries.encode(),
      windowSeries: this.windowSeries.encode(),
      observations: this.observations.toRecord(),
    };
  }

  private seenBy(viewer: string) {
    const { observations, options } = this;
    const { phases } = options;
    const measured = (atMs: number) => atMs >= phases.measureFromMs && atMs < phases.measureToMs;
    const arrived = () => {
      this.updates++;
      this.lastUpdateMs = this.nowMs();
      return this.lastUpdateMs;
    };
    return {
      watching: (target: { patient: string } | { ward: string }) => {
        const patients = 'patient' in target ? [target.patient] : options.patientsOf(target.ward);
        for (const patient of patients) observations.watch(viewer, patient);
      },
      reading: (patient: string, startMs: number, slotMs: number) => {
        const nowMs = arrived();
        observations.observe(viewer, 'reading', patient, startMs, 0, nowMs);
        const freshnessMs = nowMs - (startMs + slotMs);
        this.buckets[bucketOf(freshnessMs)]!++;
        this.readingSeries.record(nowMs, freshnessMs);
        if (measured(startMs + slotMs)) this.readingFreshness.record(freshnessMs);
      },
      window: (patient: string, startMs: number, revision: number, closedAtMs: number) => {
        const nowMs = arrived();
        observations.observe(viewer, 'window', patient, startMs, revision, nowMs);
        // A later revision keeps the moment of the first closing: its age is the late reading's, not the way's.
        if (revision !== 1) return;
        this.windowBuckets[bucketOf(nowMs - closedAtMs)]!++;
        this.windowSeries.record(nowMs, nowMs - closedAtMs);
        if (measured(closedAtMs)) this.windowFreshness.record(nowMs - closedAtMs);
      },
      other: (kind: 'assessment' | 'alert', patient: string, startMs: number, revision: number) => {
        observations.observe(viewer, kind, patient, startMs, revision, arrived());
      },
      slow: (dropped: number) => {
        this.slow++;
        this.missed += dropped;
      },
    };
  }
}

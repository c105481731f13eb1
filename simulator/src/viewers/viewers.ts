import type { Clock, WatchTarget } from '@gaitway/contract';
import { ViewerObservations } from '../audit/viewer-observations.ts';
import type { ViewerObservationsRecord } from '../audit/viewer-record.ts';
import type { FleetPhases } from '../fleet/phases.ts';
import type { PatientSights } from './patient-sights.ts';
import type { EncodedSightFreshness } from './sight-freshness.ts';
import { Viewer } from './viewer.ts';
import { ViewerFreshness } from './viewer-freshness.ts';
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
  /** What there is to see of a patient; `undefined` for one who is none of the run's. */
  sightsOf(patient: string): PatientSights | undefined;
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
  /** Freshness of readings since the last look, those passed over included, by bucket (`sparse-histogram.ts`). */
  freshnessBuckets: string;
  /** The same for windows. */
  windowFreshnessBuckets: string;
}

/** What the viewers of a run saw. */
export interface ViewersEnd {
  snapshot: ViewersSnapshot;
  /** From the end of a reading's slot until it was seen or passed over; readings due in the measure phase. */
  readings: EncodedSightFreshness;
  /** From a window's closing until it was seen or passed over; windows closed in the measure phase. */
  windows: EncodedSightFreshness;
  observations: ViewerObservationsRecord;
}

/** All viewers of a run: what they see goes to the audit, how old it is to the freshness figures. */
export class Viewers {
  private readonly options: ViewersOptions;
  private readonly observations: ViewerObservations;
  private readonly viewers: Viewer[] = [];
  private readonly freshness: ViewerFreshness;
  private readonly offsetMs: number;
  private updates = 0;
  private lastUpdateMs = 0;
  private slow = 0;
  private missed = 0;

  constructor(options: ViewersOptions) {
    this.options = options;
    this.observations = new ViewerObservations(options.wardOf);
    this.freshness = new ViewerFreshness(options.phases, options.sightsOf);
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
    return {
      atMs: this.nowMs(),
      connected: sum((viewer) => (viewer.connected ? 1 : 0)),
      watching: sum((viewer) => viewer.watching),
      refused: sum((viewer) => viewer.refused),
      updates: this.updates,
      slow: this.slow,
      missed: this.missed,
      freshnessBuckets: this.freshness.readings.takeBuckets(),
      windowFreshnessBuckets: this.freshness.windows.takeBuckets(),
    };
  }

  /** Resolves when nothing has arrived for `quietMs`, at the latest after `atMostMs`. */
  /** Resolves when nothing has come for a while and every watch was answered, or when `atMostMs` have passed. */
  async settle(quietMs: number, atMostMs: number): Promise<void> {
    const { clock } = this.options;
    const fromMs = this.nowMs();
    this.lastUpdateMs = Math.max(this.lastUpdateMs, fromMs);
    const isRestless = () =>
      this.nowMs() < this.lastUpdateMs + quietMs || this.viewers.some(({ unanswered }) => unanswered > 0);
    while (this.nowMs() < fromMs + atMostMs && isRestless()) {
      await new Promise<void>((resolve) => clock.setTimer(Math.min(50, quietMs), resolve));
    }
  }

  /** They all leave. `measureToMs`: when the measure phase really ended, which is earlier in a run that was cut short. */
  finish(measureToMs: number): ViewersEnd {
    const { freshness } = this;
    freshness.finish(this.nowMs(), measureToMs);
    const snapshot = this.snapshot();
    for (const viewer of this.viewers) viewer.leave();
    return {
      snapshot,
      readings: freshness.readings.encode(),
      windows: freshness.windows.encode(),
      observations: this.observations.toRecord(),
    };
  }

  private seenBy(viewer: string) {
    const { observations, options, freshness } = this;
    const arrived = () => {
      this.updates++;
      this.lastUpdateMs = this.nowMs();
      return this.lastUpdateMs;
    };
    /** By patient, when the server let it watch, for the last time. */
    const watchedSinceMs = new Map<string, number>();
    const patientsOf = (target: WatchTarget) =>
      'patient' in target ? [target.patient] : options.patientsOf(target.ward);
    return {
      asking: (target: WatchTarget) => {
        for (const patient of patientsOf(target)) {
          observations.ask(viewer, patient);
          // It may have been away.
          watchedSinceMs.delete(patient);
          freshness.watch(viewer, patient);
        }
      },
      watching: (target: WatchTarget) => {
        // What a screen shows at once is on its way now.
        this.lastUpdateMs = this.nowMs();
        for (const patient of patientsOf(target)) {
          observations.watch(viewer, patient);
          watchedSinceMs.set(patient, this.lastUpdateMs);
        }
      },
      reading: (patient: string, startMs: number) => {
        const nowMs = arrived();
        observations.observe(viewer, 'reading', patient, startMs, 0, nowMs);
        freshness.reading(viewer, patient, startMs, nowMs);
      },
      window: (patient: string, startMs: number, revision: number, closedAtMs: number) => {
        const nowMs = arrived();
        observations.observe(viewer, 'window', patient, startMs, revision, nowMs);
        freshness.window(viewer, patient, startMs, closedAtMs, nowMs);
      },
      assessment: (patient: string, startMs: number, revision: number) => {
        const seenAtMs = arrived();
        // What comes ahead of the answer comes as watching begins.
        const sinceMs = watchedSinceMs.get(patient) ?? seenAtMs;
        observations.observeAssessment(viewer, patient, startMs, revision, seenAtMs, sinceMs);
      },
      alert: (patient: string, rule: string, atMs: number) => {
        observations.observeAlert(viewer, patient, rule, atMs, arrived());
      },
      insight: (patient: string, toMs: number) => {
        observations.observe(viewer, 'insight', patient, toMs, 0, arrived());
      },
      slow: (dropped: number) => {
        this.slow++;
        this.missed += dropped;
      },
    };
  }
}

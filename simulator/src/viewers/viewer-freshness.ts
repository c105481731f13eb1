import type { FleetPhases } from '../fleet/phases.ts';
import {
  dueMs,
  holdsReading,
  newestSlotBefore,
  type PatientSights,
  slotAt,
  windowAt,
  windowEndMs,
} from './patient-sights.ts';
import { SightFreshness } from './sight-freshness.ts';

/** How far one viewer has come with one patient: a few numbers, however long the run. */
interface WatchedPatient {
  sights: PatientSights;
  /** All before it were seen or passed over. */
  nextSlot: number;
  nextWindow: number;
  /** From the end of the newest window seen to its closing. */
  closingLagMs: number | undefined;
}

/**
 * How old what viewers know is. A server could look fresh by showing little; so what counts is what there was
 * to see, once for each viewer and patient, from the first slot on, whether the viewer was connected or not.
 *
 * A viewer knows a reading when it, or a newer one of the same patient, is shown: a screen has latest values,
 * and what a newer one passed over is of no more use. Its age at that moment, from when it was due, is the
 * sample. What was never shown nor passed over enters with its age when the viewers leave. So with windows,
 * from their closing: of those that were not shown nobody said when they closed, and they are taken to have
 * closed as long after their end as the patient's next one that was shown (never shown any: as the last that
 * anybody saw).
 *
 * A patient whom the server never let the viewer watch counts like one of whom it shows nothing. A viewer whom it
 * never let in gives no samples here; the audit speaks of that.
 */
export class ViewerFreshness {
  readonly readings: SightFreshness;
  readonly windows: SightFreshness;
  private readonly phases: FleetPhases;
  private readonly sightsOf: (patient: string) => PatientSights | undefined;
  private readonly watched = new Map<string, Map<string, WatchedPatient>>();
  private closingLagMs = 0;

  /** `sightsOf`: `undefined` for a patient who is none of the run's. */
  constructor(phases: FleetPhases, sightsOf: (patient: string) => PatientSights | undefined) {
    this.phases = phases;
    this.sightsOf = sightsOf;
    this.readings = new SightFreshness(phases.connectMs);
    this.windows = new SightFreshness(phases.connectMs);
  }

  /** The viewer asks to watch this patient; again after each connection, which changes nothing. */
  watch(viewer: string, patient: string): void {
    let patients = this.watched.get(viewer);
    if (patients === undefined) {
      patients = new Map();
      this.watched.set(viewer, patients);
    }
    if (patients.has(patient)) return;
    const sights = this.sightsOf(patient);
    if (sights !== undefined) {
      patients.set(patient, { sights, nextSlot: 0, nextWindow: 0, closingLagMs: undefined });
    }
  }

  /** A reading was shown. One that nobody can have made yet is no news, but the audit's. */
  reading(viewer: string, patient: string, startMs: number, nowMs: number): void {
    const pair = this.watched.get(viewer)?.get(patient);
    if (pair === undefined) return;
    const slot = slotAt(pair.sights, startMs);
    if (slot > slotAt(pair.sights, nowMs - pair.sights.slotMs)) return;
    const last = Math.min(slot, newestSlotBefore(pair.sights, this.phases.measureToMs));
    this.passSlots(pair, last, nowMs, (each) => (each === slot ? 'seen' : 'superseded'));
  }

  /** A window was shown, in whatever revision. */
  window(viewer: string, patient: string, startMs: number, closedAtMs: number, nowMs: number): void {
    const pair = this.watched.get(viewer)?.get(patient);
    if (pair === undefined || !Number.isFinite(closedAtMs)) return;
    const { sights } = pair;
    const window = windowAt(sights, startMs);
    // The server's clock may be ahead of ours, or its word untrue.
    const closedMs = Math.min(closedAtMs, nowMs);
    if (!(window >= pair.nextWindow) || windowEndMs(sights, window) > nowMs + sights.windowMs / 2) return;
    // What the end of a run closes early was not late.
    pair.closingLagMs = Math.max(0, closedMs - windowEndMs(sights, window));
    this.closingLagMs = pair.closingLagMs;
    for (; pair.nextWindow <= window; pair.nextWindow++) {
      if (pair.nextWindow === window) {
        this.windows.record(nowMs, nowMs - closedMs, 'seen', this.isMeasured(closedMs));
      } else this.passWindow(pair, nowMs, pair.closingLagMs, 'superseded');
    }
  }

  /**
   * The viewers leave. `measureToMs`: when the measure phase really ended; of a run that was cut short nobody made
   * what would have been due later.
   */
  finish(nowMs: number, measureToMs: number): void {
    for (const patients of this.watched.values()) {
      for (const pair of patients.values()) {
        const { sights } = pair;
        this.passSlots(pair, newestSlotBefore(sights, measureToMs), nowMs, () => 'neverSeen');
        const lagMs = pair.closingLagMs ?? this.closingLagMs;
        while (windowEndMs(sights, pair.nextWindow) + lagMs < measureToMs) {
          this.passWindow(pair, nowMs, lagMs, 'neverSeen');
          pair.nextWindow++;
        }
      }
    }
  }

  private passSlots(
    pair: WatchedPatient,
    last: number,
    nowMs: number,
    outcomeOf: (slot: number) => 'seen' | 'superseded' | 'neverSeen',
  ): void {
    for (; pair.nextSlot <= last; pair.nextSlot++) {
      const atMs = dueMs(pair.sights, pair.nextSlot);
      this.readings.record(nowMs, nowMs - atMs, outcomeOf(pair.nextSlot), this.isMeasured(atMs));
    }
  }

  private passWindow(
    { sights, nextWindow }: WatchedPatient,
    nowMs: number,
    lagMs: number,
    outcome: 'superseded' | 'neverSeen',
  ): void {
    if (!holdsReading(sights, nextWindow)) return;
    const closedAtMs = windowEndMs(sights, nextWindow) + lagMs;
    this.windows.record(nowMs, nowMs - closedAtMs, outcome, this.isMeasured(closedAtMs));
  }

  private isMeasured(atMs: number): boolean {
    return atMs >= this.phases.measureFromMs && atMs < this.phases.measureToMs;
  }
}

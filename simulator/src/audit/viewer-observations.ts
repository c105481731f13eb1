import { AlertSights } from './alert-sights.ts';
import { AssessmentSights } from './assessment-sights.ts';
import { describeWindow, type Findings } from './audit-result.ts';
import {
  describeMoment,
  mayHaveComeLater,
  missedOf,
  type NewestState,
  type SeenState,
} from './newest-seen.ts';
import type {
  ForbiddenSight,
  ViewerObservationsRecord,
  ViewerRights,
  ViewerUpdateKind,
} from './viewer-record.ts';

/** How much of what viewers saw was compared. */
export interface JudgedViewers {
  /** Pairs of viewer and watched patient that were compared. */
  watched: number;
  /** Viewers who never came to ask for anyone: whom a server does not let in cannot miss anything. */
  blind: number;
  /** Pairs that the server never let the viewer watch, of which there was nothing to miss. */
  unwatched: number;
  /** Pairs in which the viewer saw what there never was. */
  invented: number;
  /** Pairs that miss something which may not have been due yet. */
  open: number;
}

interface Viewer {
  rights: ViewerRights;
  patients: ReadonlySet<string>;
  wards: ReadonlySet<string>;
  seen: Map<string, SeenState>;
}

const FORBIDDEN_EXAMPLES_MAX = 20;

/**
 * What viewers saw, as much of it as the audit needs: one small state per viewer and patient, not one
 * per update. It judges three things.
 *
 * - seenByForbiddenViewer: every update, of any kind, of a patient whom the viewer's token does not allow.
 *   Wards are looked up in the population, never believed from the update.
 * - staleAtViewer: a viewer who watches a patient at the end of drain, or asked to and was never let, and has not
 *   seen the start of the newest acknowledged reading, or the newest window in its newest revision. One per viewer
 *   and patient.
 * - phantom: a viewer who saw a reading newer than any that was sent, or a window newer than any that is
 *   stored; else one invented update would hide that everything after it was kept back. One per viewer and
 *   patient, and only where no other run can have been seen.
 */
export class ViewerObservations {
  readonly wardOf: (patient: string) => string | undefined;
  private readonly viewers = new Map<string, Viewer>();
  private forbidden = 0;
  private readonly forbiddenExamples: ForbiddenSight[] = [];
  /** The alerts that viewers got. */
  readonly alerts = new AlertSights();
  /** The assessments that viewers got. */
  readonly assessments = new AssessmentSights();

  constructor(wardOf: (patient: string) => string | undefined) {
    this.wardOf = wardOf;
  }

  /** Notes a viewer and what the token allows. A viewer that was not noted may see nobody. */
  admit(rights: ViewerRights): void {
    const { viewer, patients, wards } = rights;
    const seen = this.viewers.get(viewer)?.seen ?? new Map<string, SeenState>();
    this.viewers.set(viewer, { rights, patients: new Set(patients), wards: new Set(wards), seen });
  }

  /** The viewer asks to watch this patient (a ward: once for each of its patients), whatever the server answers. */
  ask(viewer: string, patient: string): void {
    this.stateOf(viewer, patient).asked = true;
  }

  /** The viewer watches this patient from now on (a ward: once for each of its patients). */
  watch(viewer: string, patient: string): void {
    this.stateOf(viewer, patient).watching = true;
  }

  /** The viewer no longer watches, or left: what comes later is not missed. */
  unwatch(viewer: string, patient: string): void {
    const state = this.stateOf(viewer, patient);
    state.asked = false;
    state.watching = false;
  }

  /** An update arrived. `startMs`: of the reading, window or assessment, or the alert's moment; `revision`: 0 where there is none. */
  observe(
    viewer: string,
    kind: ViewerUpdateKind,
    patient: string,
    startMs: number,
    revision: number,
    seenAtMs: number,
  ): void {
    if (!this.maySee(viewer, patient)) {
      this.forbidden++;
      if (this.forbiddenExamples.length < FORBIDDEN_EXAMPLES_MAX) {
        this.forbiddenExamples.push({ viewer, kind, patient, startMs, seenAtMs });
      }
      return;
    }
    const state = this.stateOf(viewer, patient);
    state.updates++;
    state.seenAtMs = seenAtMs;
    if (kind === 'reading') state.readingMs = Math.max(state.readingMs, startMs);
    if (
      kind === 'window' &&
      (startMs > state.windowMs || (startMs === state.windowMs && revision > state.revision))
    ) {
      state.windowMs = startMs;
      state.revision = revision;
    }
  }

  /** An alert arrived. The first viewer who may see it and got it counts, however often it comes. */
  observeAlert(viewer: string, patient: string, rule: string, atMs: number, seenAtMs: number): void {
    this.observe(viewer, 'alert', patient, atMs, 0, seenAtMs);
    if (this.maySee(viewer, patient)) this.alerts.keep({ patient, rule, atMs, seenAtMs });
  }

  /** An assessment arrived, at a viewer who has watched the patient since then. The first who may see it and got it counts. */
  observeAssessment(
    viewer: string,
    patient: string,
    startMs: number,
    revision: number,
    seenAtMs: number,
    watchingSinceMs: number,
  ): void {
    this.observe(viewer, 'assessment', patient, startMs, revision, seenAtMs);
    // A later revision may come at any time, also to who missed the first one.
    const watchedSinceMs = revision === 1 ? watchingSinceMs : null;
    if (this.maySee(viewer, patient)) this.assessments.keep({ patient, startMs, seenAtMs, watchedSinceMs });
  }

  /** Patients of whom a viewer saw anything, or should have. */
  patients(): Set<string> {
    return new Set([...this.viewers.values()].flatMap(({ seen }) => [...seen.keys()]));
  }

  toRecord(): ViewerObservationsRecord {
    return {
      viewers: [...this.viewers.values()].map(({ rights, seen }) => ({
        viewer: rights.viewer,
        patients: rights.patients,
        wards: rights.wards,
        seen: [...seen],
      })),
      forbidden: this.forbidden,
      forbiddenExamples: this.forbiddenExamples,
      alerts: this.alerts.all(),
      assessments: this.assessments.all(),
    };
  }

  /** Adds what another process observed; each viewer is played by one process. */
  add(record: ViewerObservationsRecord): void {
    for (const { viewer, patients, wards, seen } of record.viewers) {
      this.admit({ viewer, patients, wards });
      for (const [patient, state] of seen) this.viewers.get(viewer)!.seen.set(patient, { ...state });
    }
    for (const sight of record.alerts) this.alerts.keep(sight);
    for (const sight of record.assessments) this.assessments.keep(sight);
    this.forbidden += record.forbidden;
    const room = FORBIDDEN_EXAMPLES_MAX - this.forbiddenExamples.length;
    this.forbiddenExamples.push(...record.forbiddenExamples.slice(0, Math.max(0, room)));
  }

  /** Adds to `findings` what is wrong. */
  judge(findings: Findings, newest: NewestState): JudgedViewers {
    this.judgeForbidden(findings);
    const judged: JudgedViewers = { watched: 0, blind: 0, unwatched: 0, invented: 0, open: 0 };
    for (const [viewer, { seen, rights }] of this.viewers) {
      if (seen.size === 0 && rights.patients.length + rights.wards.length > 0) judged.blind++;
      for (const [patient, state] of seen) {
        if (!this.maySee(viewer, patient)) continue;
        if (this.judgeInvented(findings, newest, viewer, patient, state)) judged.invented++;
        const { asked, watching } = state;
        if (!asked && !watching) continue;
        if (watching) judged.watched++;
        const missed = missedOf(state, newest.newestAcknowledgedMs(patient), newest.newestWindow(patient));
        if (missed === null) {
          if (!watching) judged.unwatched++;
          continue;
        }
        // Nothing would have come to whom the server never let watch, however long they had stayed.
        if (watching && mayHaveComeLater(state, patient, newest)) {
          judged.open++;
          continue;
        }
        const how = watching ? 'watches' : 'may watch and was never let watch';
        findings.add('staleAtViewer', 1, () => ({
          patient,
          identities: [],
          ...missed,
          says: `Viewer ${viewer} ${how} patient ${patient} and should have seen ${missed.expected}; the last it saw is ${missed.found}.`,
        }));
      }
    }
    return judged;
  }

  private judgeInvented(
    findings: Findings,
    newest: NewestState,
    viewer: string,
    patient: string,
    { readingMs, windowMs }: SeenState,
  ): boolean {
    if (newest.shared) return false;
    const sentMs = newest.newestSentMs(patient);
    const storedMs = newest.newestWindow(patient)?.startMs ?? -1;
    const invented =
      sentMs !== undefined && readingMs > sentMs
        ? {
            startMs: readingMs,
            what: 'reading',
            found: describeMoment(readingMs),
            last: describeMoment(sentMs),
          }
        : newest.archiveRead && windowMs > storedMs
          ? {
              startMs: windowMs,
              what: 'window',
              found: describeWindow(windowMs),
              last: storedMs < 0 ? 'none' : describeWindow(storedMs),
            }
          : null;
    if (invented === null) return false;
    const { startMs, what, found, last } = invented;
    findings.add('phantom', 1, () => ({
      patient,
      startMs,
      identities: [],
      expected: `no ${what} after the last, ${last}`,
      found: `a ${what}: ${found}`,
      says: `Viewer ${viewer} saw a ${what} of patient ${patient} that nobody sent: ${found}; the last there is: ${last}.`,
    }));
    return true;
  }

  private judgeForbidden(findings: Findings): void {
    const said = this.forbiddenExamples;
    for (let i = 0; i < this.forbidden; i++) {
      // Beyond the examples that were kept only the number is known.
      if (i === said.length) {
        findings.counts.seenByForbiddenViewer += this.forbidden - i;
        return;
      }
      const { viewer, kind, patient, startMs } = said[i]!;
      findings.add('seenByForbiddenViewer', 1, () => ({
        patient,
        startMs,
        identities: [],
        expected: `nothing of patient ${patient} at viewer ${viewer}`,
        found: `an update '${kind}' of ${describeWindow(startMs)}`,
        says: `Viewer ${viewer} may not see patient ${patient} and got '${kind}' of ${describeWindow(startMs)}.`,
      }));
    }
  }

  private maySee(viewer: string, patient: string): boolean {
    const known = this.viewers.get(viewer);
    if (known === undefined) return false;
    if (known.patients.has(patient)) return true;
    const ward = this.wardOf(patient);
    return ward !== undefined && known.wards.has(ward);
  }

  private stateOf(viewer: string, patient: string): SeenState {
    let known = this.viewers.get(viewer);
    if (known === undefined) {
      this.admit({ viewer, patients: [], wards: [] });
      known = this.viewers.get(viewer)!;
    }
    let state = known.seen.get(patient);
    if (state === undefined) {
      state = {
        ...{ asked: false, watching: false, readingMs: -1, windowMs: -1 },
        ...{ revision: 0, updates: 0, seenAtMs: -1 },
      };
      known.seen.set(patient, state);
    }
    return state;
  }
}

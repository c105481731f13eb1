import type { Alert, Frame } from '@gaitway/contract';
import { RawReadings } from '../infer/raw-readings.ts';

/** Who lies still for so long of the time after a fall has fallen. */
const LIES_MS = 10_000;
/** Readings that begin so long after a fall still count. */
const EVIDENCE_MS = 20_000;
/** Of that time so much at least must be known before a fall is withdrawn: one reading of four may be missing. */
const VIGOROUS_MS_LEAST = 15_000;
/**
 * By event time, from when the fall happened or was received: whoever reports nothing for so long is waited for no
 * longer. Progress of the partition waits as long.
 */
const PATIENCE_MS = 60_000;

/** What a reading says of somebody who may have fallen; `null`: nothing, as of a device that is not worn. */
export type AfterFall = 'lies' | 'moves' | 'vigorous' | null;

/** A provisional alert, and the entry of the partition that brought it. */
export interface WatchedFall {
  alert: Alert;
  entry: number;
  /** It was settled: the alert as it is now. `null`: too little was reported in time, and it stays provisional. */
  settled: Alert | null;
}

interface PendingFall {
  alert: Alert;
  entry: number;
  untilMs: number;
  liesMs: number;
  vigorousMs: number;
  /** Every reading says so. */
  isVigorous: boolean;
  /** Starts of the readings that count: one that comes twice counts once. */
  seenMs: number[];
}

interface PatientFalls {
  falls: PendingFall[];
  /** Since the first of them. */
  raw: RawReadings;
}

/**
 * Falls of one partition that wait to be confirmed or withdrawn: pure state, no I/O and no clock. Who lies still for 10 s
 * afterwards has fallen. Who fell and can, moves as well, turns and tries to get up: only an arm in vigorous use in every
 * reading of 20 s speaks against a fall, and what nothing speaks against is confirmed; of whom nothing is heard, or whose
 * device was taken off, nothing is known, and their alert stays as it was raised. What comes out follows from the
 * frames in the order of the log, so an owner that reads them again says the same; the archive lets the first word stand.
 */
export class FallWatch {
  private readonly byPatient = new Map<string, PatientFalls>();
  /** Ids of falls that were settled, until their time is over: a frame that comes again begins no second watch. */
  private readonly settledUntilMs = new Map<string, number>();

  /** So that a reading of somebody else costs one look-up at most. */
  isWatched(patient: string): boolean {
    return this.byPatient.size > 0 && this.byPatient.has(patient);
  }

  /** Where the chunks of raw readings of somebody who is watched are gathered. */
  rawOf(patient: string): RawReadings | undefined {
    return this.byPatient.get(patient)?.raw;
  }

  /** `false`: this fall is watched already, or was a minute ago. */
  add(alert: Alert, entry: number, receivedAtMs: number): boolean {
    if (this.settledUntilMs.has(alert.id)) return false;
    const pending = this.byPatient.get(alert.patient) ?? { falls: [], raw: new RawReadings() };
    if (pending.falls.some((fall) => fall.alert.id === alert.id)) return false;
    const untilMs = Math.max(alert.atMs, receivedAtMs) + PATIENCE_MS;
    pending.falls.push({ alert, entry, untilMs, liesMs: 0, vigorousMs: 0, isVigorous: true, seenMs: [] });
    this.byPatient.set(alert.patient, pending);
    return true;
  }

  /** Takes a reading into account, and returns what it settles. */
  note(
    patient: string,
    { startMs, slotMs }: Pick<Frame, 'startMs' | 'slotMs'>,
    after: AfterFall,
  ): WatchedFall[] {
    return this.leave(patient, (fall) => {
      const sinceMs = startMs - fall.alert.atMs;
      // The slot of the fall itself holds both what was before and the fall.
      if (sinceMs < 0) return undefined;
      if (sinceMs >= EVIDENCE_MS) return verdictOf(fall);
      if (after === null || fall.seenMs.includes(startMs)) return undefined;
      fall.seenMs.push(startMs);
      if (after === 'lies') fall.liesMs += slotMs;
      if (after === 'vigorous') fall.vigorousMs += slotMs;
      else fall.isVigorous = false;
      return fall.liesMs >= LIES_MS ? verdictOf(fall) : undefined;
    });
  }

  /** Lets go of those whose time is over. */
  expire(eventTimeMs: number): WatchedFall[] {
    for (const [id, untilMs] of this.settledUntilMs)
      if (untilMs <= eventTimeMs) this.settledUntilMs.delete(id);
    if (this.byPatient.size === 0) return [];
    return [...this.byPatient.keys()].flatMap((patient) =>
      this.leave(patient, (fall) => {
        return fall.untilMs > eventTimeMs ? undefined : verdictOf(fall);
      }),
    );
  }

  /** The server was told to close what is open: nobody waits for what is still to come, and half an answer is none. */
  clear(): WatchedFall[] {
    return [...this.byPatient.keys()].flatMap((patient) => this.leave(patient, () => null));
  }

  /** Lets go of those that get an answer. */
  private leave(patient: string, answer: (fall: PendingFall) => Alert | null | undefined): WatchedFall[] {
    const left: WatchedFall[] = [];
    const pending = this.byPatient.get(patient);
    if (pending === undefined) return left;
    const waiting: PendingFall[] = [];
    for (const fall of pending.falls) {
      const settled = answer(fall);
      if (settled === undefined) waiting.push(fall);
      else {
        left.push({ alert: fall.alert, entry: fall.entry, settled });
        this.settledUntilMs.set(fall.alert.id, fall.untilMs);
      }
    }
    if (waiting.length === 0) this.byPatient.delete(patient);
    else pending.falls = waiting;
    return left;
  }
}

/** `null`: no reading of that time said anything, as of a device that was taken off. */
function verdictOf({ alert, liesMs, vigorousMs, isVigorous, seenMs }: PendingFall): Alert | null {
  if (seenMs.length === 0) return null;
  if (isVigorous && vigorousMs >= VIGOROUS_MS_LEAST) {
    const says = `${alert.says}; the arm was in vigorous use for ${vigorousMs / 1000} s afterwards`;
    return { ...alert, state: 'withdrawn', says };
  }
  const because = liesMs > 0 ? `lay still for ${liesMs / 1000} s afterwards` : 'nothing speaks against it';
  return { ...alert, state: 'confirmed', says: `${alert.says}; ${because}` };
}

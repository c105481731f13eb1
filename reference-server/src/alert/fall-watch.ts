import type { Alert, Frame } from '@gaitway/contract';

/** Of the time after a fall so much must be alike, lying or moving, before anything is said. */
const ALIKE_MS = 10_000;
/** Readings that begin so long after a fall still count. */
const EVIDENCE_MS = 20_000;
/**
 * By event time, from when the fall happened or was received: whoever reports nothing for so long is waited for no
 * longer. Progress of the partition waits as long.
 */
const PATIENCE_MS = 60_000;

/** What a reading says of somebody who may have fallen; `null`: nothing, as of a device that is not worn. */
export type AfterFall = 'lies' | 'moves' | null;

/** A provisional alert, and the entry of the partition that brought it. */
export interface WatchedFall {
  alert: Alert;
  entry: number;
  /** It was settled: the alert as it is now. `null`: nobody reported anything in time, and it stays provisional. */
  settled: Alert | null;
}

interface PendingFall {
  alert: Alert;
  entry: number;
  untilMs: number;
  liesMs: number;
  movesMs: number;
  /** Starts of the readings that count: one that comes twice counts once. */
  seenMs: number[];
}

/**
 * Falls of one partition that wait to be confirmed or withdrawn: pure state, no I/O and no clock. Who lies still for 10 s
 * afterwards has fallen; who moves on for 10 s has not, or needs no help. What comes out follows from the frames in the
 * order of the log, so an owner that reads them again says the same; the archive lets the first word stand.
 */
export class FallWatch {
  private readonly byPatient = new Map<string, PendingFall[]>();
  /** Ids of falls that were settled, until their time is over: a frame that comes again begins no second watch. */
  private readonly settledUntilMs = new Map<string, number>();

  /** So that a reading of somebody else costs one look-up at most. */
  isWatched(patient: string): boolean {
    return this.byPatient.size > 0 && this.byPatient.has(patient);
  }

  /** `false`: this fall is watched already, or was a minute ago. */
  add(alert: Alert, entry: number, receivedAtMs: number): boolean {
    if (this.settledUntilMs.has(alert.id)) return false;
    const pending = this.byPatient.get(alert.patient) ?? [];
    if (pending.some((fall) => fall.alert.id === alert.id)) return false;
    const untilMs = Math.max(alert.atMs, receivedAtMs) + PATIENCE_MS;
    pending.push({ alert, entry, untilMs, liesMs: 0, movesMs: 0, seenMs: [] });
    this.byPatient.set(alert.patient, pending);
    return true;
  }

  /** Takes a reading into account, and returns what it settles. */
  note(patient: string, { startMs, slotMs }: Frame, after: AfterFall): WatchedFall[] {
    return this.leave(patient, (fall) => {
      const sinceMs = startMs - fall.alert.atMs;
      // The slot of the fall itself holds both what was before and the fall.
      if (sinceMs < 0) return undefined;
      if (sinceMs >= EVIDENCE_MS) return verdictOf(fall) ?? confirmed(fall, 'nothing speaks against it');
      if (fall.seenMs.includes(startMs)) return undefined;
      fall.seenMs.push(startMs);
      if (after === 'lies') fall.liesMs += slotMs;
      if (after === 'moves') fall.movesMs += slotMs;
      return Math.max(fall.liesMs, fall.movesMs) >= ALIKE_MS ? verdictOf(fall) : undefined;
    });
  }

  /** Lets go of those whose time is over. */
  expire(eventTimeMs: number): WatchedFall[] {
    for (const [id, untilMs] of this.settledUntilMs)
      if (untilMs <= eventTimeMs) this.settledUntilMs.delete(id);
    if (this.byPatient.size === 0) return [];
    return [...this.byPatient.keys()].flatMap((patient) =>
      this.leave(patient, (fall) => (fall.untilMs <= eventTimeMs ? verdictOf(fall) : undefined)),
    );
  }

  /** Lets go of those that get an answer. */
  private leave(patient: string, answer: (fall: PendingFall) => Alert | null | undefined): WatchedFall[] {
    const left: WatchedFall[] = [];
    const waiting: PendingFall[] = [];
    for (const fall of this.byPatient.get(patient) ?? []) {
      const settled = answer(fall);
      if (settled === undefined) waiting.push(fall);
      else {
        left.push({ alert: fall.alert, entry: fall.entry, settled });
        this.settledUntilMs.set(fall.alert.id, fall.untilMs);
      }
    }
    if (waiting.length === 0) this.byPatient.delete(patient);
    else this.byPatient.set(patient, waiting);
    return left;
  }
}

/** `null`: there is nothing to go by. */
function verdictOf(fall: PendingFall): Alert | null {
  const { liesMs, movesMs } = fall;
  if (liesMs === 0 && movesMs === 0) return null;
  if (liesMs >= movesMs) return confirmed(fall, `lay still for ${liesMs / 1000} s afterwards`);
  const says = `${fall.alert.says}; moved on for ${movesMs / 1000} s afterwards`;
  return { ...fall.alert, state: 'withdrawn', says };
}

function confirmed({ alert }: PendingFall, because: string): Alert {
  return { ...alert, state: 'confirmed', says: `${alert.says}; ${because}` };
}

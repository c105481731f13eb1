import { hash32, type SlotScore, type WindowDocument } from '@gaitway/contract';
import type { AssessmentSight } from '../audit/assessment-sights.ts';
import { isOfBuiltInModel, saysTheSame } from './computed-scores.ts';
import type { SlotAnswer } from './grade-patient.ts';
import type { RunTruth } from './run-truth.ts';

/** A document that was closed so many windows after its end came too late to be of use. */
export const LATE_WINDOWS = 2;
/** So far from where the schedule has it a slot may begin: a device's clock is set by the server's, and drifts. */
const CLOCK_SLACK_MS = 200;
/** Of each document one slot is computed once more; which, no server can know better than by guessing. */
const RECOMPUTED_STREAM = 0x72656370;

/** What a run saw itself of when documents were there. */
export interface OwnObservations {
  /** Whether it looked for a document when it was late already, and it was not there. */
  missedIt?: ((patient: string, startMs: number) => boolean) | undefined;
  /** When the first viewer got what is said of a window. */
  assessedSeen?: ((patient: string, startMs: number) => AssessmentSight | undefined) | undefined;
}

/** What was answered of a patient's slots, from the first measured one on; `undefined`: nothing. */
export type Answers = readonly (SlotAnswer | undefined)[];

/**
 * Puts what documents say where the truth has its slots, one patient in memory at a time, and hands over each patient
 * once, also one of whom there is no document. It believes nothing that a server says about what can be answered: the slots
 * are those of the schedule.
 *
 * All documents of a patient must come in a row, as the audit needs them.
 */
export class AnswersByPatient {
  /** Scores that are not of the patient that they are stored for, or at none of their slots. */
  misplaced = 0;
  /** Scores that were computed once more from the readings that were sent. */
  recomputed = 0;
  /** Of these, those that are not what the model says that their document names. */
  otherwise = 0;
  private readonly truth: RunTruth;
  private readonly own: OwnObservations;
  private readonly handOver: (index: number, answers: Answers) => void;
  private readonly indexes = new Map<string, number>();
  private readonly done: Uint8Array;
  private index = -1;
  private answers: (SlotAnswer | undefined)[] = [];

  constructor(
    truth: RunTruth,
    handOver: (index: number, answers: Answers) => void,
    own: OwnObservations = {},
  ) {
    this.truth = truth;
    this.own = own;
    this.handOver = handOver;
    this.done = new Uint8Array(truth.patients);
    for (let index = 0; index < truth.patients; index++)
      this.indexes.set(truth.personAt(index).patient, index);
  }

  take(document: WindowDocument): void {
    const index = this.indexes.get(document.patient);
    if (index === undefined) return;
    if (index !== this.index) {
      this.settle();
      this.index = index;
      const { from, to } = this.truth.measured(index);
      this.answers = new Array<SlotAnswer | undefined>(Math.max(0, to - from)).fill(undefined);
    }
    const late = this.isLate(document);
    // A foreign server may keep no scores at all: then nothing was answered.
    const slots = document.slots ?? [];
    const recomputedAt = isOfBuiltInModel(document)
      ? hash32(RECOMPUTED_STREAM, index, document.startMs) % slots.length
      : -1;
    for (const [at, scores] of slots.entries()) {
      if (this.isOwn(index, document, scores)) this.place(index, { scores, late }, at === recomputedAt);
      else this.misplaced += 1;
    }
  }

  /** By what the run saw of it, where it saw anything; else by what the server says of the document. */
  private isLate({ patient, startMs, endMs, closedAtMs }: WindowDocument): boolean {
    const { missedIt, assessedSeen } = this.own;
    if (missedIt?.(patient, startMs)) return true;
    const lateFromMs = endMs + LATE_WINDOWS * this.truth.windowMs;
    const seen = assessedSeen?.(patient, startMs);
    if (seen !== undefined && seen.seenAtMs <= lateFromMs) return false;
    // Who was not there to see it come in time cannot tell that it did not.
    if (seen !== undefined && seen.watchedSinceMs !== null && seen.watchedSinceMs <= lateFromMs) return true;
    return closedAtMs > lateFromMs;
  }

  finish(): void {
    this.settle();
    for (let index = 0; index < this.truth.patients; index++) {
      if (this.done[index] === 0) this.leave(index, []);
    }
  }

  /** Whether a slot is of the patient's own device; of a document that does not tell of whose readings it was made it is not. */
  private isOwn(index: number, { identities }: WindowDocument, { boot, seq }: SlotScore): boolean {
    if (!Array.isArray(identities)) return false;
    const { device } = this.truth.personAt(index);
    return identities.some(
      (range) => range.device === device && range.boot === boot && range.fromSeq <= seq && seq <= range.toSeq,
    );
  }

  /** Puts an answer where its slot is. One that lies at none of this patient's slots answers nothing. */
  private place(index: number, answer: SlotAnswer, isRecomputed: boolean): void {
    const { truth } = this;
    const { startMs } = answer.scores;
    const slot = Math.round((startMs - truth.startMs(index, 0)) / truth.slotMs);
    const { from, to } = truth.measured(index);
    if (slot < from || slot >= to) return;
    const isThere = Math.abs(startMs - truth.startMs(index, slot)) <= CLOCK_SLACK_MS;
    if (!isThere) {
      this.misplaced += 1;
      return;
    }
    this.answers[slot - from] ??= answer;
    if (isRecomputed) this.recompute(index, slot, answer.scores);
  }

  private recompute(index: number, slot: number, stored: SlotScore): void {
    const computed = this.truth.computedScoresOf?.(index, slot, stored) ?? null;
    if (computed === null) return;
    this.recomputed += 1;
    if (!saysTheSame(stored, computed)) this.otherwise += 1;
  }

  private settle(): void {
    if (this.index < 0) return;
    this.leave(this.index, this.answers);
    this.index = -1;
  }

  private leave(index: number, answers: Answers): void {
    if (this.done[index] === 1) return;
    this.done[index] = 1;
    this.handOver(index, answers);
  }
}

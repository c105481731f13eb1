import type { WindowDocument } from '@gaitway/contract';
import type { AssessmentSight } from '../audit/assessment-sights.ts';
import { type Answers, AnswersByPatient } from './answers-by-patient.ts';
import { type GradeCounts, noGradeCounts } from './grade-counts.ts';
import { gradePatient } from './grade-patient.ts';
import type { RunTruth } from './run-truth.ts';
import type { SeenAlert } from './seen-alert.ts';
import type { ToldModel } from './told-model.ts';

/** What is known of a run beside its documents. Left out: nothing. */
export interface GradedBeside {
  /** The alerts that stand in the end. */
  alertsOf?: ((patient: string) => readonly SeenAlert[]) | undefined;
  /** All that viewers were ever told, also what was withdrawn later. */
  sightsOf?: ((patient: string) => readonly SeenAlert[]) | undefined;
  /** Whether the run looked for a document when more than two windows had passed since its end, and it was not there. */
  missedIt?: ((patient: string, startMs: number) => boolean) | undefined;
  /** When the first viewer got what is said of a window, and since when they had been watching. */
  assessedSeen?: ((patient: string, startMs: number) => AssessmentSight | undefined) | undefined;
  /** What the server said of its model beforehand. */
  told?: ToldModel | undefined;
}

/**
 * Grades a run while its documents go by, one patient in memory at a time; the truth is that of the patients.
 *
 * All documents of a patient must come in a row, as the audit needs them.
 */
export class RunGrader {
  private readonly counts: GradeCounts;
  private readonly answers: AnswersByPatient;

  constructor(truth: RunTruth, { alertsOf, sightsOf, missedIt, assessedSeen, told }: GradedBeside = {}) {
    this.counts = { ...noGradeCounts(told), fallBoost: truth.fallBoost ?? 1 };
    const handOver = (index: number, answers: Answers) => {
      const { patient } = truth.personAt(index);
      const alerts = alertsOf?.(patient) ?? [];
      gradePatient(truth, { index, answers, alerts, sights: sightsOf?.(patient) ?? [] }, this.counts);
    };
    this.answers = new AnswersByPatient(truth, handOver, { missedIt, assessedSeen });
  }

  take(document: WindowDocument): void {
    this.answers.take(document);
  }

  finish(): GradeCounts {
    this.answers.finish();
    const { misplaced, recomputed, otherwise } = this.answers;
    Object.assign(this.counts, { misplaced, recomputed, otherwise });
    return this.counts;
  }
}

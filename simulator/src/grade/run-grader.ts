import type { WindowDocument } from '@gaitway/contract';
import { AnswersByPatient } from './answers-by-patient.ts';
import { type GradeCounts, noGradeCounts } from './grade-counts.ts';
import { gradePatient } from './grade-patient.ts';
import type { RunTruth } from './run-truth.ts';
import type { SeenAlert } from './seen-alert.ts';
import type { ToldModel } from './told-model.ts';

/**
 * Grades a run while its documents go by, one patient in memory at a time; the truth is that of the patients.
 *
 * All documents of a patient must come in a row, as the audit needs them.
 */
export class RunGrader {
  private readonly counts: GradeCounts;
  private readonly answers: AnswersByPatient;

  /** `told`: what the server said of its model beforehand. */
  constructor(
    truth: RunTruth,
    alertsOf: (patient: string) => readonly SeenAlert[] = () => [],
    told?: ToldModel,
  ) {
    this.counts = noGradeCounts(told);
    this.answers = new AnswersByPatient(truth, (index, answers) => {
      const alerts = alertsOf(truth.personAt(index).patient);
      gradePatient(truth, { index, answers, alerts }, this.counts);
    });
  }

  take(document: WindowDocument): void {
    this.answers.take(document);
  }

  finish(): GradeCounts {
    this.answers.finish();
    this.counts.misplaced = this.answers.misplaced;
    return this.counts;
  }
}

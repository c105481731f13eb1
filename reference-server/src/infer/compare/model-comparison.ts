import { CONDITIONS, type Condition, type ConditionAssessment, type WindowDocument } from '@gaitway/contract';

const BINS = 10;
/** A condition that fewer windows could be assessed for says nothing of a calibration. */
const ASSESSED_MIN = 100;

interface ConditionCounts {
  /** Windows that both could assess, and those that the current model could and the candidate could not. */
  assessed: number;
  silent: number;
  /** By the candidate's probability: sums of its own and of the current model's. */
  said: Float64Array;
  reference: Float64Array;
}

/** One window as two models see it. */
export interface ComparedWindow {
  candidate: WindowDocument;
  current: WindowDocument;
}

/** Whether the rules would raise an alert in a window, as one of the two models sees it. */
export type RaisesAlert = (document: WindowDocument, model: keyof ComparedWindow) => boolean;

/** What the windows of two models come to. Sums only, so it is small however long it runs. */
export class ModelComparison {
  private readonly counts: Readonly<Record<Condition, ConditionCounts>>;
  private readonly raises: RaisesAlert;
  windows = 0;
  private candidateAlerts = 0;
  private currentAlerts = 0;

  constructor(raises: RaisesAlert) {
    this.raises = raises;
    this.counts = Object.fromEntries(
      CONDITIONS.map((condition) => [
        condition,
        { assessed: 0, silent: 0, said: new Float64Array(BINS), reference: new Float64Array(BINS) },
      ]),
    ) as Record<Condition, ConditionCounts>;
  }

  add({ candidate, current }: ComparedWindow): void {
    this.windows += 1;
    if (this.raises(candidate, 'candidate')) this.candidateAlerts += 1;
    if (this.raises(current, 'current')) this.currentAlerts += 1;
    CONDITIONS.forEach((condition, i) => {
      this.addCondition(condition, candidate.assessment.conditions[i]!, current.assessment.conditions[i]!);
    });
  }

  /** Share of windows that raise an alert, the candidate's less the current model's. */
  get alertRate(): number {
    return this.windows === 0 ? 0 : (this.candidateAlerts - this.currentAlerts) / this.windows;
  }

  /**
   * Expected calibration error of the candidate with the current model's probabilities for the truth that nobody knows: over
   * ten bins, how far the mean of the two lie apart, by how many windows are in the bin. The worst condition counts.
   */
  get calibrationError(): number {
    return Math.max(
      0,
      ...CONDITIONS.map((condition) => {
        const { assessed, said, reference } = this.counts[condition];
        if (assessed < ASSESSED_MIN) return 0;
        return said.reduce((sum, value, bin) => sum + Math.abs(value - reference[bin]!), 0) / assessed;
      }),
    );
  }

  /** Of the windows that the current model assessed, the share of which the candidate says nothing. The worst condition counts. */
  get silentShare(): number {
    return Math.max(
      0,
      ...CONDITIONS.map((condition) => {
        const { assessed, silent } = this.counts[condition];
        return assessed + silent < ASSESSED_MIN ? 0 : silent / (assessed + silent);
      }),
    );
  }

  /** Conditions that the current model assesses here, of which too few windows were compared to say anything. */
  get uncompared(): Condition[] {
    return CONDITIONS.filter((condition) => {
      const { assessed, silent } = this.counts[condition];
      return assessed + silent > 0 && assessed < ASSESSED_MIN;
    });
  }

  private addCondition(
    condition: Condition,
    candidate: ConditionAssessment,
    current: ConditionAssessment,
  ): void {
    if (current.probability === undefined) return;
    const counts = this.counts[condition];
    if (candidate.probability === undefined) {
      counts.silent += 1;
      return;
    }
    const bin = Math.min(BINS - 1, Math.floor(BINS * candidate.probability));
    counts.assessed += 1;
    counts.said[bin]! += candidate.probability;
    counts.reference[bin]! += current.probability;
  }
}

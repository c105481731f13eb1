import type { Condition, ConditionAssessment, SlotScore } from '@gaitway/contract';
import type { SignalFeatures } from './signal-features.ts';

/** Scores of one slot in thousandths: probabilities; `null`: not assessable in this slot. */
export interface SlotScores {
  tremor: number | null;
  rigidityProxy: number | null;
  gait: number | null;
}

/**
 * What answers for one condition. Both halves are pure and neither keeps anything between calls, so that a
 * document does not depend on the order in which readings came.
 */
export interface ConditionModel {
  readonly condition: Condition;
  /** Probability in thousandths that the slot shows the condition; `null`: the model may not speak here. Hot path. */
  slotScore(features: SignalFeatures): number | null;
  /** The same with its log-odds and what each feature of the signal adds to them, for who asks about one slot. */
  explainSlot(features: SignalFeatures): ConditionAssessment;
  /** What the scores of a window's slots say together. */
  assess(slots: readonly SlotScore[]): ConditionAssessment;
}

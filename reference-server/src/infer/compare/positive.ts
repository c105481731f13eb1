import type { Condition, SlotScore, WindowDocument } from '@gaitway/contract';
import type { ModelFile } from '../model-file.ts';

/** Whether a model finds a condition; `null`: it could not say. */
export type Positive = boolean | null;

/** A slot is positive from its condition's threshold on, in thousandths. */
export function positiveSlot(slot: SlotScore, condition: Condition, { windowHeads }: ModelFile): Positive {
  const score = slot[condition];
  return score === null ? null : score >= windowHeads[condition].threshold;
}

/** A window has a condition from its window threshold on: what is rare is found long before it is even. */
export function positiveWindow(
  { assessment }: Pick<WindowDocument, 'assessment'>,
  condition: Condition,
  { windowHeads }: ModelFile,
): Positive {
  const said = assessment.conditions.find((each) => each.condition === condition)?.probability;
  return said === undefined ? null : 1000 * said >= windowHeads[condition].windowThreshold;
}

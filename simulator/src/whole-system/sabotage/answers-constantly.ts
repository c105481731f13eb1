import type { ServerParts } from '../simulated-server.ts';
import { answersOtherwise, withScores } from './answers-otherwise.ts';

/** Gives every slot the same score, in thousandths. */
export function answersConstantly(score: number): ServerParts {
  return answersOtherwise(({ slots }) => slots.map((slot) => withScores(slot, () => score)));
}

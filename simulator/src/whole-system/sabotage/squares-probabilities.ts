import type { SlotScore } from '@gaitway/contract';
import type { ServerParts } from '../simulated-server.ts';
import { answersOtherwise, withScores } from './answers-otherwise.ts';

/** The slot with its probabilities squared. */
export function squaredScore(slot: SlotScore): SlotScore {
  return withScores(slot, (score) => Math.round((score * score) / 1000));
}

/** Orders slots as the models do, and is wrong about how sure they are. */
export function squaresProbabilities(): ServerParts {
  return answersOtherwise(({ slots }) => slots.map(squaredScore));
}

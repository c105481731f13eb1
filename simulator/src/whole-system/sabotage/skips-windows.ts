import type { ServerParts } from '../simulated-server.ts';
import { answersOtherwise } from './answers-otherwise.ts';

/** Archives one window in so many without having looked at its slots. */
export function skipsOneWindowIn(windows: number): ServerParts {
  let seen = 0;
  return answersOtherwise(({ slots }) => (++seen % windows === 0 ? [] : slots));
}

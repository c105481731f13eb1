import type { SlotScore } from '@gaitway/contract';
import type { ServerParts } from '../simulated-server.ts';
import { answersOtherwise } from './answers-otherwise.ts';

/** Gives two patients each other's scores, and leaves whose readings they were, and when, as it is. */
export function swapsScoresOf(one: string, other: string): ServerParts {
  const before = new Map<string, readonly SlotScore[]>();
  return answersOtherwise(({ patient, slots }) => {
    const swapped = patient === one ? other : patient === other ? one : undefined;
    if (swapped === undefined) return slots;
    before.set(patient, slots);
    const theirs = before.get(swapped);
    if (theirs === undefined || theirs.length === 0) return slots;
    return slots.map(({ startMs, boot, seq }, i) => ({
      ...theirs[Math.min(i, theirs.length - 1)]!,
      ...{ startMs, boot, seq },
    }));
  });
}

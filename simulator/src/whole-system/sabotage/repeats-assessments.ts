import type { SlotScore } from '@gaitway/contract';
import type { ServerParts } from '../simulated-server.ts';
import { answersOtherwise } from './answers-otherwise.ts';

/** Says of each window of a patient what was true of the one before: it need not infer anything. */
export function repeatsAssessments(): ServerParts {
  const before = new Map<string, SlotScore[]>();
  return answersOtherwise(({ patient, slots }) => {
    const last = before.get(patient);
    before.set(patient, slots);
    if (last === undefined) return slots;
    return slots.map((slot, i) => {
      const { startMs, boot, seq } = slot;
      return { ...(last[Math.min(i, last.length - 1)] ?? slot), startMs, boot, seq };
    });
  });
}

import type { SlotScore } from '@gaitway/contract';

/** A freeze interrupts walking: so many slots before it, at the most, somebody walked. */
const WALKED_WITHIN_SLOTS = 3;

/**
 * Which positive slots may count as freezing: those whose run of positive slots begins at most three slots after one of
 * walking. The trembling of a leg at rest looks the same to a freeze index and has no walking before it. What was before
 * the window is not in it: a run that begins with it counts where somebody walks within three slots after the run. `slots` in the
 * order of time: so the answer is a function of the set of slots.
 */
export function freezingInWalking(
  slots: readonly SlotScore[],
  threshold: number,
  gaitThreshold: number,
): (index: number) => boolean {
  const counts = new Set<number>();
  let walkedAt = Number.NEGATIVE_INFINITY;
  for (let from = 0; from < slots.length; from++) {
    if (isFrozen(slots[from], threshold)) {
      let end = from + 1;
      while (end < slots.length && isFrozen(slots[end], threshold)) end++;
      const walks =
        from === 0 ? walksFrom(slots, end, gaitThreshold) : from - walkedAt <= WALKED_WITHIN_SLOTS;
      if (walks) for (let i = from; i < end; i++) counts.add(i);
      from = end - 1;
    } else if (walksAt(slots[from], gaitThreshold)) walkedAt = from;
  }
  return (index) => counts.has(index);
}

const isFrozen = (slot: SlotScore | undefined, threshold: number) => (slot?.freezing ?? -1) >= threshold;
const walksAt = (slot: SlotScore | undefined, threshold: number) => (slot?.gait ?? -1) >= threshold;

function walksFrom(slots: readonly SlotScore[], end: number, gaitThreshold: number): boolean {
  return slots.slice(end, end + WALKED_WITHIN_SLOTS).some((slot) => walksAt(slot, gaitThreshold));
}

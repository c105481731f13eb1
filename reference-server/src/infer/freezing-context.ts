import type { SlotScore } from '@gaitway/contract';

/** A freeze interrupts walking: so many slots before it at the most somebody walked. */
const WALKED_WITHIN_SLOTS = 3;

/**
 * Which positive slots may count as freezing: those whose run of positive slots begins at most three slots after one of
 * walking. The trembling of a leg at rest looks the same to a freeze index and has no walking before it. A run that begins with the
 * window counts too, since what was before is not in it. `slots` in the order of time: so the answer is a function of
 * the set of slots.
 */
export function freezingInWalking(
  slots: readonly SlotScore[],
  threshold: number,
  gaitThreshold: number,
): (index: number) => boolean {
  const counts = new Set<number>();
  let walkedAt = Number.NEGATIVE_INFINITY;
  slots.forEach(({ freezing, gait }, i) => {
    if (freezing !== null && freezing >= threshold) {
      if (i === 0 || counts.has(i - 1) || i - walkedAt <= WALKED_WITHIN_SLOTS) counts.add(i);
    } else if (gait !== null && gait >= gaitThreshold) walkedAt = i;
  });
  return (index) => counts.has(index);
}

import type { SlotScore } from '@gaitway/contract';

/** Slots in the order of time; as they are where they are in it already, as nearly every device reports them. */
export function inOrder(slots: readonly SlotScore[]): readonly SlotScore[] {
  for (let i = 1; i < slots.length; i++) {
    if (bySlot(slots[i - 1]!, slots[i]!) > 0) return slots.toSorted(bySlot);
  }
  return slots;
}

function bySlot(a: SlotScore, b: SlotScore): number {
  return a.startMs - b.startMs || a.boot - b.boot || a.seq - b.seq;
}

/** Field by field: it is made for every reading. */
export function slotOf(
  { startMs, boot, seq }: Pick<SlotScore, 'startMs' | 'boot' | 'seq'>,
  { tremor, rigidityProxy, gait, freezing, tremorRating }: Omit<SlotScore, 'startMs' | 'boot' | 'seq'>,
): SlotScore {
  return tremorRating === undefined
    ? { startMs, boot, seq, tremor, rigidityProxy, gait, freezing }
    : { startMs, boot, seq, tremor, rigidityProxy, gait, freezing, tremorRating };
}

import { SLOT_MS_DEFAULT } from '@gaitway/contract';
import { ARCHETYPES } from './archetypes.ts';
import { COHORT_DEFAULT, type Cohort } from './cohort.ts';
import { emptySlotEntry, findSlotEntry } from './label.ts';
import { motionOf } from './motion.ts';
import { traitsOf } from './traits.ts';

/** Something that goes on for a time. Moments in ms since the start of slot 0, in slots of 5 s. */
export interface Episode {
  kind: 'freeze' | 'fall' | 'tremor';
  startMs: number;
  /** A fall lasts from its impact until the person does not lie any more. */
  endMs: number;
}

/**
 * Freezes, falls and bouts of tremor that touch the slots from `fromSlot` up to but without `toSlot`, by their start.
 * An episode that goes on outside of these slots is cut off at their ends; a fall belongs to the slot of its impact.
 */
export function episodes(
  seed: number,
  patientIndex: number,
  fromSlot: number,
  toSlot: number,
  cohort: Cohort = COHORT_DEFAULT,
): Episode[] {
  const traits = traitsOf(seed, patientIndex, cohort);
  const entry = emptySlotEntry();
  const all: Episode[] = [];
  const open: Partial<Record<'freeze' | 'tremor', Episode>> = {};
  const extend = (kind: 'freeze' | 'tremor', startMs: number, endMs: number): void => {
    const last = open[kind];
    if (last?.endMs === startMs) last.endMs = endMs;
    else {
      const episode: Episode = { kind, startMs, endMs };
      open[kind] = episode;
      all.push(episode);
    }
  };
  for (let slot = fromSlot; slot < toSlot; slot++) {
    findSlotEntry(seed, patientIndex, slot, traits, cohort, entry);
    const { state, tremor, frozenFrom, frozenTo } = ARCHETYPES[entry.archetype]!;
    const startMs = slot * SLOT_MS_DEFAULT;
    if (tremor > 0) extend('tremor', startMs, startMs + SLOT_MS_DEFAULT);
    if (frozenTo > frozenFrom) extend('freeze', startMs + 1000 * frozenFrom, startMs + 1000 * frozenTo);
    if (state === 'falling') {
      const { impactAt } = motionOf(seed, entry.archetype, entry.variant, entry.placement, cohort);
      all.push({
        kind: 'fall',
        startMs: startMs + Math.round(impactAt * SLOT_MS_DEFAULT),
        endMs: entry.truth.fallEndSlot * SLOT_MS_DEFAULT,
      });
    }
  }
  return all.sort((a, b) => a.startMs - b.startMs);
}

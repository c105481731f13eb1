import type { Stretch } from '../grade/event-grade.ts';
import type { Recording } from './recording.ts';
import type { RecordingSlot } from './recording-slots.ts';
import type { WindowLabels } from './window-labels.ts';

/** What is true of a slot; `null`: it is no part of what was labelled. */
export type SlotTruth = boolean | null;

const NOT_PART = 0;
const FREEZE = 2;

/**
 * Whether somebody froze in this slot, from the labels of its samples: it is no part of the experiment when more than
 * half of them are none, and a freeze when at least half of those that are show one.
 */
export function freezingIn({ nearest }: RecordingSlot, labels: Float64Array): SlotTruth {
  let part = 0;
  let frozen = 0;
  for (const at of nearest) {
    if (labels[at] === NOT_PART) continue;
    part += 1;
    if (labels[at] === FREEZE) frozen += 1;
  }
  if (2 * part < nearest.length || part === 0) return null;
  return 2 * frozen >= part;
}

/** The freezes of a recording, as its labels have them. */
export function freezesOf({ timesMs, labels }: Recording): Stretch[] {
  const found: Stretch[] = [];
  if (labels === undefined) return found;
  let from = -1;
  for (let i = 0; i <= labels.length; i++) {
    if (labels[i] === FREEZE) {
      if (from < 0) from = i;
    } else if (from >= 0) {
      found.push({ startMs: timesMs[from]!, endMs: timesMs[Math.min(i, timesMs.length - 1)]! });
      from = -1;
    }
  }
  return found;
}

/**
 * Whether a slot shows tremor, from windows that others judged: those that it overlaps, weighed by how much. `null`
 * when they cover less than half of it.
 */
export function tremorIn({ startMs, endMs }: RecordingSlot, labels: WindowLabels): SlotTruth {
  let covered = 0;
  let tremor = 0;
  for (const [i, windowMs] of labels.startsMs.entries()) {
    const overlap = Math.min(endMs, windowMs + labels.windowMs) - Math.max(startMs, windowMs);
    if (overlap <= 0) continue;
    covered += overlap;
    if (labels.tremor[i]) tremor += overlap;
  }
  if (2 * covered < endMs - startMs) return null;
  return 2 * tremor >= covered;
}

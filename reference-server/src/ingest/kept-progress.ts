import type { Progress } from './reading-log.ts';

/** How far a partition is, as a log in this process keeps it, and the epoch of who said so. */
export interface KeptProgress {
  epoch: number;
  progress: Progress | null;
}

/** Keeps it, unless somebody with a higher epoch owns the partition by now: `false`. */
export function keepProgress(kept: KeptProgress, epoch: number, progress: Progress): boolean {
  if (epoch < kept.epoch) return false;
  kept.epoch = epoch;
  kept.progress = { ...progress };
  return true;
}

import { bootOf } from '@gaitway/simulator';
import { findRun } from '../run-folder.ts';

const MINUTE_MS = 60_000;
/** What a run takes at the least until its devices connect. */
const LEAD_MS = 500;

/**
 * How long a run must wait, ms, on a server that outlives it: devices count their boots in minutes, so two
 * runs that begin in the same minute would give the same numbers to different readings, and the second
 * would be refused. `lastStartMs`: when the run before began its first slots.
 */
export function bootWaitMs(lastStartMs: number | undefined, nowMs: number, connectMs: number): number {
  const startMs = nowMs + LEAD_MS + connectMs;
  if (lastStartMs === undefined || bootOf({ startMs }) !== bootOf({ startMs: lastStartMs })) return 0;
  return (Math.floor(startMs / MINUTE_MS) + 1) * MINUTE_MS - startMs;
}

/** When the newest run of this data folder began its first slots; `undefined`: there is none. */
export function lastStartMs(dataFolder: string): number | undefined {
  try {
    return findRun('latest', dataFolder).record.phases.find(({ phase }) => phase === 'warm-up')?.fromMs;
  } catch {
    return undefined;
  }
}

import type { Alert, Frame } from '@gaitway/contract';
import type { LogRecord } from '../ingest/reading-log.ts';
import type { OpenWindow } from './open-window.ts';

/** A frame that came after its window had closed. */
export interface LateFrame {
  record: LogRecord;
  frame: Frame;
}

/** Late frames of one window, to be put into its document together. */
export interface LateWindow {
  patient: string;
  ward: string;
  startMs: number;
  endMs: number;
  frames: LateFrame[];
}

/** What a partition has to be archived after some entries were folded. */
export interface DueWork {
  closed: { window: OpenWindow; complete: boolean }[];
  late: LateWindow[];
  /** What event frames raise: it waits for no window. */
  raised: Alert[];
  /** Alerts that readings confirmed or withdrew. */
  settled: Alert[];
  /** These alerts may be those of the owner before, who perhaps did not come to tell anybody. */
  again: boolean;
}

export function noWork(): DueWork {
  return { closed: [], late: [], raised: [], settled: [], again: false };
}

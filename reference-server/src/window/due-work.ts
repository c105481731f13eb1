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
  /** An owner before may have put some of them into the document, and have come no further. */
  again: boolean;
}

/** What a partition has to be archived after some entries were folded. */
export interface DueWork {
  closed: { window: OpenWindow; complete: boolean }[];
  late: LateWindow[];
  /** What event frames raise: it waits for no window. Each of them is named once by one owner. */
  raised: Alert[];
  /** Alerts that readings confirmed or withdrew. */
  settled: Alert[];
}

export function noWork(): DueWork {
  return { closed: [], late: [], raised: [], settled: [] };
}

import { type Clock, hashString } from '@gaitway/contract';
import type { ClosingProgress, ServerControl } from '../api/deps.ts';
import type { ReadingLog } from '../ingest/reading-log.ts';
import { ClosingUnderWay } from './closing-under-way.ts';

/** Of so many closings it is remembered how far they got: as a rule there is one. */
const REMEMBERED_MAX = 8;

/**
 * Closing of open windows, asked for from outside: a marker goes into every partition of the log, behind
 * everything that was acknowledged, and whichever processor owns the partition closes its windows there. It
 * is done when the committed progress has passed the marker.
 *
 * The markers of one closing carry one moment, and that moment is the id. So it is as short for a thousand
 * partitions as for one, and any instance can answer for it: a partition whose unread entries hold no marker of that
 * moment has passed it. What is remembered only makes it cheap to ask again. Two closings of the same millisecond
 * have one id: at one instance it is done when both are.
 */
export class ClosingControl implements ServerControl {
  private readonly log: ReadingLog;
  private readonly clock: Clock;
  /** By the moment of their markers, the one asked for last at the end. */
  private readonly remembered = new Map<number, ClosingUnderWay>();

  constructor(log: ReadingLog, clock: Clock) {
    this.log = log;
    this.clock = clock;
  }

  async closeOpenWindows(): Promise<ClosingProgress> {
    const markedAtMs = Math.floor(this.clock.epochMs());
    const markers = await this.log.appendCloseOpen(markedAtMs);
    return this.progress(markedAtMs, new ClosingUnderWay(this.log, markedAtMs, markers));
  }

  async closingProgress(id: string): Promise<ClosingProgress | null> {
    const markedAtMs = Number.parseInt(id, 36);
    // What is garbled would be answered with "done": no partition holds a marker of a moment that never was.
    if (!Number.isSafeInteger(markedAtMs) || id !== idOf(markedAtMs, this.log.partitions)) return null;
    const closing = this.remembered.get(markedAtMs) ?? new ClosingUnderWay(this.log, markedAtMs);
    return this.progress(markedAtMs, closing);
  }

  private async progress(markedAtMs: number, closing: ClosingUnderWay): Promise<ClosingProgress> {
    this.remember(markedAtMs, closing);
    const { partitions } = this.log;
    const partitionsDone = await closing.partitionsDone();
    return {
      id: idOf(markedAtMs, partitions),
      partitions,
      partitionsDone,
      done: partitionsDone === partitions,
    };
  }

  private remember(markedAtMs: number, closing: ClosingUnderWay): void {
    this.remembered.delete(markedAtMs);
    this.remembered.set(markedAtMs, closing);
    if (this.remembered.size > REMEMBERED_MAX) this.remembered.delete(this.remembered.keys().next().value!);
  }
}

/** The moment, how many partitions there are, and a check over both. */
function idOf(markedAtMs: number, partitions: number): string {
  const says = `${markedAtMs.toString(36)}-${partitions.toString(36)}`;
  return `${says}-${hashString(says, 0x636c6f73).toString(36)}`;
}

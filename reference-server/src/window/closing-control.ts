import { type Clock, hashString } from '@gaitway/contract';
import type { ClosingProgress, ServerControl } from '../api/deps.ts';
import type { ReadingLog } from '../ingest/reading-log.ts';

/** Entries that are read at once while the marker of a partition is looked for. */
const STEP_ENTRIES = 256;
/** Entries that are looked through for the marker; more than that before the tail means "not yet". */
const LOOK_MAX = 10_000;
/** So many partitions are asked at once: one after the other would take seconds where there are a thousand. */
const PARTITIONS_AT_ONCE = 32;

/**
 * Closing of open windows, asked for from outside: a marker goes into every partition of the log, behind
 * everything that was acknowledged, and whichever processor owns the partition closes its windows there. It
 * is done when the committed progress has passed the marker.
 *
 * The markers of one closing carry one moment, and that moment is the id. So it is as short for a thousand
 * partitions as for one, nothing has to be remembered, and any instance can answer for it: a partition whose
 * unread entries hold no marker of that moment has passed it. Two closings of the same millisecond have one id,
 * which is done when both are.
 */
export class ClosingControl implements ServerControl {
  private readonly log: ReadingLog;
  private readonly clock: Clock;

  constructor(log: ReadingLog, clock: Clock) {
    this.log = log;
    this.clock = clock;
  }

  async closeOpenWindows(): Promise<ClosingProgress> {
    const markedAtMs = Math.floor(this.clock.epochMs());
    await this.log.appendCloseOpen(markedAtMs);
    return this.progress(markedAtMs);
  }

  async closingProgress(id: string): Promise<ClosingProgress | null> {
    const markedAtMs = Number.parseInt(id, 36);
    // What is garbled would be answered with "done": no partition holds a marker of a moment that never was.
    return Number.isSafeInteger(markedAtMs) && id === idOf(markedAtMs, this.log.partitions)
      ? this.progress(markedAtMs)
      : null;
  }

  private async progress(markedAtMs: number): Promise<ClosingProgress> {
    const { partitions } = this.log;
    let partitionsDone = 0;
    for (let first = 0; first < partitions; first += PARTITIONS_AT_ONCE) {
      const group = Array.from({ length: Math.min(PARTITIONS_AT_ONCE, partitions - first) }, (_, i) =>
        this.passed(first + i, markedAtMs),
      );
      for (const passed of await Promise.all(group)) if (passed) partitionsDone += 1;
    }
    return {
      id: idOf(markedAtMs, partitions),
      partitions,
      partitionsDone,
      done: partitionsDone === partitions,
    };
  }

  private async passed(partition: number, markedAtMs: number): Promise<boolean> {
    const progress = await this.log.progressOf(partition);
    if (progress === null) return false;
    let after = progress.position;
    for (let looked = 0; looked < LOOK_MAX; looked += STEP_ENTRIES) {
      const entries = (await this.log.read([{ partition, after }], STEP_ENTRIES)).get(partition) ?? [];
      if (entries.some(({ closeOpen, receivedAtMs }) => closeOpen && receivedAtMs === markedAtMs))
        return false;
      if (entries.length < STEP_ENTRIES) return true;
      after = entries.at(-1)!.position;
    }
    return false;
  }
}

/** The moment, how many partitions there are, and a check over both. */
function idOf(markedAtMs: number, partitions: number): string {
  const says = `${markedAtMs.toString(36)}-${partitions.toString(36)}`;
  return `${says}-${hashString(says, 0x636c6f73).toString(36)}`;
}

import type { Clock } from '@gaitway/contract';
import type { ClosingProgress, ServerControl } from '../api/deps.ts';
import type { LogPosition, ReadingLog } from '../ingest/reading-log.ts';

/** Entries that are looked through for the marker; more than that behind it means "not yet". */
const LOOK_MAX = 10_000;

/**
 * Closing of open windows, asked for from outside: a marker goes into every partition of the log, behind
 * everything that was acknowledged, and whichever processor owns the partition closes its windows there. It
 * is done when the committed progress has passed the marker. All that is needed to tell is in the id, so any
 * instance can answer for it.
 */
export class ClosingControl implements ServerControl {
  private readonly log: ReadingLog;
  private readonly clock: Clock;

  constructor(log: ReadingLog, clock: Clock) {
    this.log = log;
    this.clock = clock;
  }

  async closeOpenWindows(): Promise<ClosingProgress> {
    const markers = await this.log.appendCloseOpen(this.clock.epochMs());
    return this.progress([...markers]);
  }

  async closingProgress(id: string): Promise<ClosingProgress | null> {
    const markers = parse(id);
    return markers && markers.length === this.log.partitions ? this.progress(markers) : null;
  }

  private async progress(markers: [number, LogPosition][]): Promise<ClosingProgress> {
    let partitionsDone = 0;
    for (const [partition, marker] of markers) if (await this.passed(partition, marker)) partitionsDone += 1;
    return {
      id: Buffer.from(JSON.stringify(markers)).toString('base64url'),
      partitions: markers.length,
      partitionsDone,
      done: partitionsDone === markers.length,
    };
  }

  private async passed(partition: number, marker: LogPosition): Promise<boolean> {
    const progress = await this.log.progressOf(partition);
    if (progress === null) return false;
    if (progress.position === marker) return true;
    const unread = await this.log.read([{ partition, after: progress.position }], LOOK_MAX);
    const entries = unread.get(partition) ?? [];
    return entries.length < LOOK_MAX && entries.every(({ position }) => position !== marker);
  }
}

function parse(id: string): [number, LogPosition][] | undefined {
  try {
    const markers: unknown = JSON.parse(Buffer.from(id, 'base64url').toString());
    const good =
      Array.isArray(markers) &&
      markers.every(
        (marker) => Array.isArray(marker) && typeof marker[0] === 'number' && typeof marker[1] === 'string',
      );
    return good ? (markers as [number, LogPosition][]) : undefined;
  } catch {
    return undefined;
  }
}

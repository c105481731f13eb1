import { isAtOrAfter } from '../ingest/log-position.ts';
import type { LogPosition, ReadingLog } from '../ingest/reading-log.ts';

/** Entries that are read at once while a marker is looked for. */
const STEP_ENTRIES = 256;
/** Entries that one question has looked through for markers, over all partitions; the next goes on from there. */
const LOOK_MAX = 10_000;
/** So many partitions are asked at once: one after the other would take seconds where there are a thousand. */
const PARTITIONS_AT_ONCE = 32;
/** Entries are held while they are looked through, and they may be large. */
const LOOKS_AT_ONCE = 4;

/** A partition that has not passed its marker, as far as this instance knows. */
interface Waiting {
  /** Where its marker lies. */
  marker?: LogPosition;
  /** Up to here there is none. */
  lookedTo?: LogPosition;
}

/**
 * How far one closing got. Where this instance wrote the markers it knows their positions, and compares. Those of
 * another instance (or of itself before it was started again) it looks for once, in the unread entries, and remembers
 * what it found: whoever asks does so several times a second, and the processor needs its time for what is asked for.
 */
export class ClosingUnderWay {
  private readonly log: ReadingLog;
  private readonly markedAtMs: number;
  private readonly waiting = new Map<number, Waiting>();

  constructor(log: ReadingLog, markedAtMs: number, markers: ReadonlyMap<number, LogPosition> = new Map()) {
    this.log = log;
    this.markedAtMs = markedAtMs;
    for (let partition = 0; partition < log.partitions; partition++) {
      const marker = markers.get(partition);
      this.waiting.set(partition, marker === undefined ? {} : { marker });
    }
  }

  /** How many partitions have passed their marker. */
  async partitionsDone(): Promise<number> {
    const toLookAt: { partition: number; after: LogPosition | null }[] = [];
    await inGroups([...this.waiting], PARTITIONS_AT_ONCE, async ([partition, { marker }]) => {
      const progress = await this.log.progressOf(partition);
      // Nobody owns it yet.
      if (progress === null) return;
      const { position } = progress;
      if (marker === undefined) toLookAt.push({ partition, after: position });
      else if (position !== null && isAtOrAfter(position, marker)) this.waiting.delete(partition);
    });
    let left = LOOK_MAX;
    await inGroups(toLookAt, LOOKS_AT_ONCE, async ({ partition, after }) => {
      const state = this.waiting.get(partition)!;
      let from = laterOf(after, state.lookedTo);
      while (left > 0) {
        const entries =
          (await this.log.read([{ partition, after: from }], STEP_ENTRIES)).get(partition) ?? [];
        // One more for the question itself, where the answer is empty.
        left -= entries.length + 1;
        const marker = entries.find(
          ({ closeOpen, receivedAtMs }) => closeOpen && receivedAtMs === this.markedAtMs,
        );
        if (marker) {
          this.waiting.set(partition, { marker: marker.position });
          return;
        }
        if (entries.length < STEP_ENTRIES) {
          this.waiting.delete(partition);
          return;
        }
        from = entries.at(-1)!.position;
        this.waiting.set(partition, { lookedTo: from });
      }
    });
    return this.log.partitions - this.waiting.size;
  }
}

function laterOf(position: LogPosition | null, other: LogPosition | undefined): LogPosition | null {
  if (position === null || other === undefined) return position ?? other ?? null;
  return isAtOrAfter(position, other) ? position : other;
}

async function inGroups<T>(all: readonly T[], size: number, each: (one: T) => Promise<void>): Promise<void> {
  for (let first = 0; first < all.length; first += size) {
    await Promise.all(all.slice(first, first + size).map(each));
  }
}

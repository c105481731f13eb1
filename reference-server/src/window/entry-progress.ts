import type { LogPosition } from '../ingest/reading-log.ts';

/**
 * How far the entries of a partition are done with. What an entry began (a window, the watch over a fall) holds it, and
 * progress stays before the oldest entry that is held: whoever takes over reads all of it again.
 */
export class EntryProgress {
  /** Positions of entries from `from` on; an entry's number counts from the start of this object. */
  private readonly positions: LogPosition[] = [];
  private from = 0;
  /** Of each of these entries: how much that it began is not over. */
  private readonly holds: number[] = [];
  private committed: LogPosition | null;

  constructor(committed: LogPosition | null) {
    this.committed = committed;
  }

  /** The number of a new entry. */
  begin(position: LogPosition): number {
    this.positions.push(position);
    this.holds.push(0);
    return this.from + this.positions.length - 1;
  }

  hold(entry: number): void {
    this.holds[entry - this.from]! += 1;
  }

  release(entry: number): void {
    this.holds[entry - this.from]! -= 1;
  }

  /** The last entry before the oldest one that is held. Entry by entry: a commit costs what became safe since the last one. */
  position(): LogPosition | null {
    let drop = 0;
    while (this.holds[drop] === 0) drop += 1;
    if (drop > 0) {
      this.committed = this.positions[drop - 1]!;
      this.positions.splice(0, drop);
      this.holds.splice(0, drop);
      this.from += drop;
    }
    return this.committed;
  }
}

import type { IdentityRange } from '@gaitway/contract';
import type { LedgerRun } from '../ledger/ledger.ts';

/** One reading of the ledger: which run it is of, and in how many documents of its patient it was found. */
export interface KnownReading {
  run: LedgerRun;
  seq: number;
  found: number;
}

/** A patient's readings one by one, to be asked by range: a range of a document is never walked itself. */
export class KnownReadings {
  /** By device and boot, in order of seq. */
  private readonly lists = new Map<string, KnownReading[]>();

  constructor(runs: readonly LedgerRun[]) {
    for (const run of runs) {
      const key = `${run.device}:${run.boot}`;
      let list = this.lists.get(key);
      if (list === undefined) {
        list = [];
        this.lists.set(key, list);
      }
      for (let i = 0; i < run.count; i++) list.push({ run, seq: run.fromSeq + i, found: 0 });
    }
    for (const list of this.lists.values()) list.sort((a, b) => a.seq - b.seq);
  }

  /** The readings of one device and boot, in order, list by list. */
  all(): Iterable<readonly KnownReading[]> {
    return this.lists.values();
  }

  inRange({ device, boot, fromSeq, toSeq }: IdentityRange): KnownReading[] {
    const list = this.lists.get(`${device}:${boot}`) ?? [];
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (list[middle]!.seq < fromSeq) low = middle + 1;
      else high = middle;
    }
    const matches: KnownReading[] = [];
    for (; low < list.length && list[low]!.seq <= toSeq; low++) matches.push(list[low]!);
    return matches;
  }

  /** A reading that the ledger holds twice; `undefined` when there is none, as it should be. */
  resolvedTwice(): KnownReading | undefined {
    for (const list of this.lists.values()) {
      const twice = list.find((reading, i) => i > 0 && list[i - 1]!.seq === reading.seq);
      if (twice !== undefined) return twice;
    }
    return undefined;
  }
}

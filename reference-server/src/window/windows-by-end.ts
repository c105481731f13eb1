import type { OpenWindow } from './open-window.ts';

/** Windows are sorted into buckets of this length by their end, so that finding what is due reads no other. */
const BUCKET_MS = 250;

/** The end of the last bucket that is over at `atMs`. */
export function lastBucketEndMs(atMs: number): number {
  return Math.floor(atMs / BUCKET_MS) * BUCKET_MS;
}

/** The open windows of one partition, by when they end. */
export class WindowsByEnd {
  private readonly buckets = new Map<number, OpenWindow[]>();

  get isEmpty(): boolean {
    return this.buckets.size === 0;
  }

  add(window: OpenWindow): void {
    const bucket = Math.ceil(window.endMs / BUCKET_MS);
    const others = this.buckets.get(bucket);
    if (others) others.push(window);
    else this.buckets.set(bucket, [window]);
  }

  /** Takes out the windows whose bucket ends after `afterMs` and by `throughMs`, in the order of their buckets. */
  take(afterMs: number, throughMs: number): OpenWindow[] {
    const due: OpenWindow[] = [];
    for (const bucket of this.bucketsWithin(afterMs, throughMs)) {
      const windows = this.buckets.get(bucket);
      if (!windows) continue;
      this.buckets.delete(bucket);
      for (const window of windows) due.push(window);
    }
    return due;
  }

  takeAll(): OpenWindow[] {
    const all = [...this.buckets.values()].flat();
    this.buckets.clear();
    return all;
  }

  /**
   * As a rule few buckets are over since the last time, and each of them is looked up. But time may move by decades
   * at once: when the first device of a fresh server has a clock at 1970, and time then follows the server's. Then
   * those that hold something are fewer.
   */
  private bucketsWithin(afterMs: number, throughMs: number): number[] {
    const first = Math.floor(afterMs / BUCKET_MS) + 1;
    const last = Math.floor(throughMs / BUCKET_MS);
    const over = Math.max(0, last - first + 1);
    if (over <= this.buckets.size) return Array.from({ length: over }, (_, index) => first + index);
    return [...this.buckets.keys()]
      .filter((bucket) => bucket >= first && bucket <= last)
      .sort((a, b) => a - b);
  }
}

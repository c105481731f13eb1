import { addBuckets, BUCKETS, bucketOf, bucketsPercentileMs, encodeBuckets } from './sparse-histogram.ts';

/** A distribution per second as JSON: only seconds with samples, by their distance from the start. */
export interface EncodedLatencySeries {
  startMs: number;
  seconds: [second: number, buckets: string][];
}

/** Seconds that stay open for adding: samples come in the order of time, give or take a timer's lag. */
const OPEN_SECONDS = 4;

/** Latencies by the second in which they ended. At most four seconds are in memory as counts; the rest as text. */
export class LatencySeries {
  private readonly startMs: number;
  private readonly open = new Map<number, Uint32Array>();
  private readonly closed = new Map<number, string>();

  /** `startMs`: the start of the run, on the clock of the moments that follow; the same for all that is merged. */
  constructor(startMs: number) {
    this.startMs = startMs;
  }

  record(atMs: number, latencyMs: number): void {
    this.countsOf(secondOf(atMs, this.startMs))[bucketOf(latencyMs)]!++;
  }

  encode(): EncodedLatencySeries {
    for (const second of [...this.open.keys()]) this.closeSecond(second);
    return { startMs: this.startMs, seconds: [...this.closed].sort((a, b) => a[0] - b[0]) };
  }

  /** Adds what another process encoded. Throws RangeError when it began at another moment. */
  add(other: EncodedLatencySeries): void {
    sameStart(this.startMs, other.startMs);
    for (const [second, buckets] of other.seconds) addBuckets(buckets, this.countsOf(second));
  }

  private countsOf(second: number): Uint32Array {
    let counts = this.open.get(second);
    if (counts !== undefined) return counts;
    counts = new Uint32Array(BUCKETS);
    const closed = this.closed.get(second);
    if (closed !== undefined) addBuckets(closed, counts);
    this.open.set(second, counts);
    if (this.open.size > OPEN_SECONDS) {
      let oldest = second;
      for (const other of this.open.keys())
        if (other !== second && (oldest === second || other < oldest)) oldest = other;
      this.closeSecond(oldest);
    }
    return counts;
  }

  private closeSecond(second: number): void {
    this.closed.set(second, encodeBuckets(this.open.get(second)!));
    this.open.delete(second);
  }
}

/** One second's percentile of an encoded series; `null`: no samples in it. */
export function secondPercentileMs(buckets: string, percentile: number): number | null {
  const counts = new Uint32Array(BUCKETS);
  addBuckets(buckets, counts);
  return bucketsPercentileMs(counts, percentile);
}

/** Named counts per second as JSON: one number for each second from the start. */
export interface EncodedCountSeries {
  startMs: number;
  counts: Record<string, number[]>;
}

/** How often something happened in each second: sent, acknowledged, refused and the like. */
export class CountSeries {
  private readonly startMs: number;
  private readonly counts = new Map<string, number[]>();

  constructor(startMs: number) {
    this.startMs = startMs;
  }

  count(name: string, atMs: number, times = 1): void {
    this.addAt(name, secondOf(atMs, this.startMs), times);
  }

  encode(): EncodedCountSeries {
    return { startMs: this.startMs, counts: Object.fromEntries(this.counts) };
  }

  /** Adds what another process encoded. Throws RangeError when it began at another moment. */
  add(other: EncodedCountSeries): void {
    sameStart(this.startMs, other.startMs);
    for (const [name, seconds] of Object.entries(other.counts)) {
      seconds.forEach((times, second) => {
        this.addAt(name, second, times);
      });
    }
  }

  private addAt(name: string, second: number, times: number): void {
    let seconds = this.counts.get(name);
    if (seconds === undefined) {
      seconds = [];
      this.counts.set(name, seconds);
    }
    while (seconds.length <= second) seconds.push(0);
    seconds[second]! += times;
  }
}

/** What happens before the start counts into the first second: it is the connect phase's first timer. */
function secondOf(atMs: number, startMs: number): number {
  return Math.max(0, Math.floor((atMs - startMs) / 1000));
}

function sameStart(ours: number, theirs: number): void {
  if (ours !== theirs) {
    throw new RangeError(`a series that starts at ${theirs} cannot be added to one that starts at ${ours}`);
  }
}

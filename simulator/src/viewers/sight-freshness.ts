import { type EncodedLatency, LatencyRecorder } from '../latency/latency-recorder.ts';
import { type EncodedLatencySeries, LatencySeries } from '../latency/per-second.ts';
import { BUCKETS, bucketOf, encodeBuckets } from '../latency/sparse-histogram.ts';

/**
 * What became of one thing that there was for a viewer to see.
 *
 * - seen: it was shown, and nothing newer of its kind and patient had been shown before.
 * - superseded: something newer was shown before it, or it never was.
 * - neverSeen: neither it nor anything newer was shown until the viewers left.
 */
export type SightOutcome = 'seen' | 'superseded' | 'neverSeen';
export type SightCounts = Record<SightOutcome, number>;

/** The freshness of all readings, or of all windows, that there were for viewers to see. */
export interface EncodedSightFreshness extends SightCounts {
  /** Of those of the measure phase; as many samples as the three counts together. */
  freshness: EncodedLatency;
  /** Of the whole run, by the second in which it was known. */
  series: EncodedLatencySeries;
}

/** Counts of what became of sights, and how old they were then. */
export class SightFreshness {
  private readonly recorder = new LatencyRecorder();
  private readonly series: LatencySeries;
  private readonly buckets = new Uint32Array(BUCKETS);
  private readonly counts: SightCounts = { seen: 0, superseded: 0, neverSeen: 0 };

  constructor(startMs: number) {
    this.series = new LatencySeries(startMs);
  }

  record(nowMs: number, ageMs: number, outcome: SightOutcome, isMeasured: boolean): void {
    this.buckets[bucketOf(ageMs)]!++;
    this.series.record(nowMs, ageMs);
    if (!isMeasured) return;
    this.recorder.record(ageMs);
    this.counts[outcome]++;
  }

  /** What was recorded since the last call, by bucket (`sparse-histogram.ts`). */
  takeBuckets(): string {
    const encoded = encodeBuckets(this.buckets);
    this.buckets.fill(0);
    return encoded;
  }

  encode(): EncodedSightFreshness {
    return { ...this.counts, freshness: this.recorder.encode(), series: this.series.encode() };
  }
}

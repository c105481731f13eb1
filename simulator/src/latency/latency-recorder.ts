import type { LatencySummary } from '@gaitway/contract';
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

/** The longest latency that is told apart: one hour. A longer one counts as one hour; `maxMs` stays exact. */
export const LATENCY_MS_MAX = 3_600_000;

/** A recorder as JSON: from a worker to the coordinator, and into the run record. */
export interface EncodedLatency {
  /** HdrHistogram V2, compressed, base64; unit: microseconds. */
  histogram: string;
  sumMs: number;
  maxMs: number;
}

/**
 * Latencies in an HDR histogram: microseconds, three significant digits, up to one hour, about 100 KB
 * whatever the number of samples. Histograms of several workers add up without loss.
 */
export class LatencyRecorder {
  private readonly histogram: Histogram;
  private sumMs = 0;
  private maxMs = 0;

  constructor(histogram: Histogram = emptyHistogram()) {
    this.histogram = histogram;
  }

  get count(): number {
    return this.histogram.totalCount;
  }

  /** Below zero (clocks of two machines) counts as zero. Throws RangeError for what is no number. */
  record(latencyMs: number): void {
    if (!Number.isFinite(latencyMs)) throw new RangeError(`a latency of ${latencyMs} ms is none`);
    const clampedMs = Math.max(0, latencyMs);
    this.histogram.recordValue(Math.round(Math.min(clampedMs, LATENCY_MS_MAX) * 1000));
    this.sumMs += clampedMs;
    if (clampedMs > this.maxMs) this.maxMs = clampedMs;
  }

  add(other: LatencyRecorder): void {
    this.histogram.add(other.histogram);
    this.sumMs += other.sumMs;
    this.maxMs = Math.max(this.maxMs, other.maxMs);
  }

  /** The value that `percentile` (0 to 100) per cent of the samples do not exceed, within 0.1 per cent; `null` without samples. */
  percentileMs(percentile: number): number | null {
    if (this.count === 0) return null;
    return Math.min(this.histogram.getValueAtPercentile(percentile) / 1000, this.maxMs);
  }

  summary(): LatencySummary {
    const { count } = this;
    return {
      minMs: this.percentileMs(0),
      p50Ms: this.percentileMs(50),
      p90Ms: this.percentileMs(90),
      p95Ms: this.percentileMs(95),
      p99Ms: this.percentileMs(99),
      p999Ms: this.percentileMs(99.9),
      maxMs: count === 0 ? null : this.maxMs,
      meanMs: count === 0 ? null : this.sumMs / count,
      count,
    };
  }

  encode(): EncodedLatency {
    return { histogram: encodeIntoCompressedBase64(this.histogram), sumMs: this.sumMs, maxMs: this.maxMs };
  }

  static decode(encoded: EncodedLatency): LatencyRecorder {
    const recorder = new LatencyRecorder();
    recorder.histogram.add(decodeFromCompressedBase64(encoded.histogram, 32, false));
    recorder.sumMs = encoded.sumMs;
    recorder.maxMs = encoded.maxMs;
    return recorder;
  }
}

function emptyHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: LATENCY_MS_MAX * 1000,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });
}

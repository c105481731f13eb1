import { histogramBucket, histogramBucketFromUs } from '@gaitway/contract';

const VALUE_MAX_US = 0xffffffff;

/**
 * Buckets for a second's worth of latencies: those of the run record's histograms (the contract's
 * `sparse-histogram.ts`), up to about 71 minutes, as a dense array to count in.
 */
export const BUCKETS = histogramBucket(VALUE_MAX_US) + 1;

export function bucketOf(latencyMs: number): number {
  return histogramBucket(Math.min(VALUE_MAX_US, Math.max(0, Math.round(latencyMs * 1000))));
}

/** The middle of a bucket, in ms. */
export function bucketMiddleMs(bucket: number): number {
  const least = histogramBucketFromUs(bucket);
  return (least + (histogramBucketFromUs(bucket + 1) - least - 1) / 2) / 1000;
}

/** An encoded second as the run record keeps it. */
export function latencyBucketsOf(encoded: string): Map<number, number> {
  const counts = new Uint32Array(BUCKETS);
  addBuckets(encoded, counts);
  const found = new Map<number, number>();
  for (let bucket = 0; bucket < BUCKETS; bucket++)
    if (counts[bucket]! > 0) found.set(bucket, counts[bucket]!);
  return found;
}

/** Counts by bucket to base64: for each bucket with samples the distance to the one before, and its count, as varints. */
export function encodeBuckets(counts: Uint32Array): string {
  const bytes: number[] = [];
  let last = -1;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket]!;
    if (count === 0) continue;
    writeVarint(bytes, bucket - last - 1);
    writeVarint(bytes, count);
    last = bucket;
  }
  return Buffer.from(bytes).toString('base64');
}

/** Adds what {@link encodeBuckets} wrote to `counts`. Throws RangeError for text that it did not write. */
export function addBuckets(encoded: string, counts: Uint32Array): void {
  const bytes = Buffer.from(encoded, 'base64');
  let at = 0;
  const read = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('a histogram of a second breaks off');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  for (let bucket = -1; at < bytes.length; ) {
    bucket += 1 + read();
    if (bucket >= counts.length) throw new RangeError(`a histogram of a second names bucket ${bucket}`);
    counts[bucket]! += read();
  }
}

/** The value that `percentile` (0 to 100) per cent of the samples do not exceed, within 3.2 per cent; `null` without samples. */
export function bucketsPercentileMs(counts: Uint32Array, percentile: number): number | null {
  let total = 0;
  for (const count of counts) total += count;
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil((percentile / 100) * total));
  let below = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    below += counts[bucket]!;
    if (below >= rank) return bucketMiddleMs(bucket);
  }
  return null;
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
}

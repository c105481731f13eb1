/**
 * A histogram that is small as JSON and merges by adding: bucket and count, alternating, buckets rising.
 * Buckets are logarithmic with 16 linear steps to an octave (the idea of HdrHistogram), so that a value is
 * known to 1/16 of itself or better. Values are whole microseconds; 0 is a value.
 */
export type SparseHistogram = number[];

const STEPS = 16;
const STEP_BITS = 4;

/** The bucket of a value; values below 32 us have one of their own, anything negative counts as 0. */
export function histogramBucket(valueUs: number): number {
  const value = Math.max(0, Math.floor(valueUs));
  if (value < 2 * STEPS) return value;
  // An octave above 2 * STEPS: halve until the value lies in [STEPS, 2 * STEPS).
  const octave = Math.floor(Math.log2(value)) - STEP_BITS;
  // log2 of a large whole number may round up to the next octave.
  const shift = Math.floor(value / 2 ** octave) < STEPS ? octave - 1 : octave;
  return (shift + 1) * STEPS + (Math.floor(value / 2 ** shift) - STEPS);
}

/** The least value of a bucket, in us. The bucket ends where the next begins. */
export function histogramBucketFromUs(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket;
  const shift = Math.floor(bucket / STEPS) - 1;
  return ((bucket % STEPS) + STEPS) * 2 ** shift;
}

/** Counts by bucket while they are gathered. */
export type HistogramCounts = Map<number, number>;

export function recordInHistogram(counts: HistogramCounts, valueUs: number, times = 1): void {
  const bucket = histogramBucket(valueUs);
  counts.set(bucket, (counts.get(bucket) ?? 0) + times);
}

/** The form that is written. */
export function sparseHistogram(counts: HistogramCounts): SparseHistogram {
  return [...counts].sort(([one], [other]) => one - other).flat();
}

/** Any number of histograms as one; the order does not matter. */
export function mergeHistograms(histograms: readonly SparseHistogram[]): SparseHistogram {
  const counts: HistogramCounts = new Map();
  for (const histogram of histograms) {
    for (let at = 0; at < histogram.length; at += 2) {
      const bucket = histogram[at]!;
      counts.set(bucket, (counts.get(bucket) ?? 0) + histogram[at + 1]!);
    }
  }
  return sparseHistogram(counts);
}

export function histogramSamples(histogram: SparseHistogram): number {
  let samples = 0;
  for (let at = 1; at < histogram.length; at += 2) samples += histogram[at]!;
  return samples;
}

/**
 * The value at a percentile (0 to 100), in us: the largest value of the bucket that holds the sample of
 * rank ceil(percentile / 100 * samples), so that it is never below the true one. `null` without samples.
 */
export function histogramPercentileUs(histogram: SparseHistogram, percentile: number): number | null {
  const samples = histogramSamples(histogram);
  if (samples === 0) return null;
  const rank = Math.max(1, Math.ceil((percentile / 100) * samples));
  let seen = 0;
  for (let at = 0; at < histogram.length; at += 2) {
    seen += histogram[at + 1]!;
    if (seen >= rank) return histogramBucketFromUs(histogram[at]! + 1) - 1;
  }
  return null;
}

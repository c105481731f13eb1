import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type HistogramCounts,
  histogramBucket,
  histogramBucketFromUs,
  histogramPercentileUs,
  histogramSamples,
  mergeHistograms,
  recordInHistogram,
  sparseHistogram,
} from './sparse-histogram.ts';

const timesUs = fc.array(fc.oneof(fc.nat(200), fc.nat(10_000_000), fc.nat(Number.MAX_SAFE_INTEGER)), {
  maxLength: 200,
});
const of = (values: readonly number[]) => {
  const counts: HistogramCounts = new Map();
  for (const value of values) recordInHistogram(counts, value);
  return sparseHistogram(counts);
};

describe('a sparse histogram', () => {
  it('puts every value into a bucket that holds it and is at most 1/16 of it wide', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(1000), fc.nat(2 ** 48)), (value) => {
        const bucket = histogramBucket(value);
        const from = histogramBucketFromUs(bucket);
        const to = histogramBucketFromUs(bucket + 1);
        expect(from).toBeLessThanOrEqual(value);
        expect(to).toBeGreaterThan(value);
        expect(to - from).toBeLessThanOrEqual(Math.max(1, value / 16));
      }),
      { numRuns: 1000 },
    );
  });

  it('has no gap between buckets at the edges of octaves', () => {
    for (let power = 5; power < 53; power++) {
      for (const value of [2 ** power - 1, 2 ** power]) {
        expect(histogramBucketFromUs(histogramBucket(value))).toBeLessThanOrEqual(value);
      }
      expect(histogramBucket(2 ** power)).toBe(histogramBucket(2 ** power - 1) + 1);
    }
  });

  it('merges to what one histogram of all values would be, in any order', () => {
    fc.assert(
      fc.property(timesUs, timesUs, (one, other) => {
        expect(mergeHistograms([of(one), of(other)])).toEqual(of([...one, ...other]));
        expect(mergeHistograms([of(other), of(one)])).toEqual(of([...one, ...other]));
      }),
    );
  });

  it('gives percentiles never below those of the sorted values, and at most 1/16 above', () => {
    fc.assert(
      fc.property(timesUs, fc.constantFrom(0, 1, 50, 90, 95, 99, 99.9, 100), (values, percentile) => {
        const histogram = of(values);
        expect(histogramSamples(histogram)).toBe(values.length);
        const found = histogramPercentileUs(histogram, percentile);
        if (values.length === 0) {
          expect(found).toBeNull();
          return;
        }
        const sorted = [...values].sort((one, other) => one - other);
        const exact = sorted[Math.max(1, Math.ceil((percentile / 100) * values.length)) - 1]!;
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(exact + exact / 16 + 1);
      }),
    );
  });
});

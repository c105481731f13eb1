import { binOf, type FeatureBins } from '@gaitway/reference-server';
import { rounded } from './calibrate.ts';

const BINS = 10;

/** Ten bins that hold about as many of the values each; fewer where many values are the same. */
export function trainingBins(values: readonly number[]): FeatureBins {
  const sorted = [...values].sort((a, b) => a - b);
  const quantiles = Array.from({ length: BINS - 1 }, (_, i) =>
    rounded(sorted[Math.floor(((i + 1) * sorted.length) / BINS)]!),
  );
  const least = sorted[0]!;
  const edges = [...new Set(quantiles)].filter((edge) => edge > least);
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) counts[binOf(edges, value)]! += 1;
  return { edges, shares: counts.map((count) => Math.round((10_000 * count) / values.length) / 10_000) };
}

import type { FeatureBins } from '../model-file.ts';

/** Which bin a value lies in: bin 0 below the first edge, the last one from the last edge on. `edges` ascend. */
export function binOf(edges: ArrayLike<number>, value: number): number {
  let bin = 0;
  while (bin < edges.length && value >= edges[bin]!) bin++;
  return bin;
}

/**
 * The value that half lies below, as far as bins tell: within a bin its values are taken to lie evenly, and those of the
 * outermost ones, which have one edge, to lie at it.
 */
export function medianOf({ edges, shares }: FeatureBins): number {
  let below = 0;
  for (let bin = 0; bin < shares.length; bin++) {
    const share = shares[bin]!;
    if (below + share < 0.5) {
      below += share;
      continue;
    }
    const from = edges[bin - 1] ?? edges[bin] ?? 0;
    const to = edges[bin] ?? from;
    return share === 0 ? from : from + ((0.5 - below) / share) * (to - from);
  }
  return edges.at(-1) ?? 0;
}

/** Of a bin in which nobody was, so that one stray slot is no infinite drift. */
const SHARE_FLOOR = 1e-4;

/**
 * Population stability index: sum over the bins of (q - p) ln(q / p), p the shares of training, q of what is seen. Below 0.1
 * stable, to 0.25 worth a look, above it worth an act: conventions of the industry, not a test.
 */
export function stabilityIndex(shares: ArrayLike<number>, counts: ArrayLike<number>): number {
  let total = 0;
  for (let bin = 0; bin < counts.length; bin++) total += counts[bin]!;
  if (total === 0) return 0;
  let index = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const trained = Math.max(SHARE_FLOOR, shares[bin]!);
    const seen = Math.max(SHARE_FLOOR, counts[bin]! / total);
    index += (seen - trained) * Math.log(seen / trained);
  }
  return index;
}

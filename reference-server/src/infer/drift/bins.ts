/** Which bin a value lies in: bin 0 below the first edge, the last one from the last edge on. `edges` ascend. */
export function binOf(edges: ArrayLike<number>, value: number): number {
  let bin = 0;
  while (bin < edges.length && value >= edges[bin]!) bin++;
  return bin;
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

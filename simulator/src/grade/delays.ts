/** How long something took, ms; without cases every value is `null`. */
export interface DelaySummary {
  count: number;
  p50Ms: number | null;
  p90Ms: number | null;
  p95Ms: number | null;
  maxMs: number | null;
}

/** Nearest-rank quantile, `share` 0 to 1: the value of rank ceil(share * n), so that it is one that was measured. */
export function quantileOf(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

export function delaySummaryOf(delaysMs: readonly number[]): DelaySummary {
  const sorted = [...delaysMs].sort((one, other) => one - other);
  return {
    count: sorted.length,
    p50Ms: quantileOf(sorted, 0.5),
    p90Ms: quantileOf(sorted, 0.9),
    p95Ms: quantileOf(sorted, 0.95),
    maxMs: sorted.at(-1) ?? null,
  };
}

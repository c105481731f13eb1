/**
 * Area under the receiver operating characteristic: how often a positive scores above a negative, ties counting
 * half (Mann and Whitney 1947). NaN when one of the classes is empty.
 */
export function areaUnderCurve(scores: readonly number[], truth: readonly boolean[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0;
  let positives = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    // Ranks of equal scores are shared; the first rank is 1.
    for (let i = from; i < to; i++) {
      if (!truth[order[i]!]) continue;
      rankSum += (from + to + 1) / 2;
      positives += 1;
    }
    from = to;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}

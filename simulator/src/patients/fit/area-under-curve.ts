/** How many positives and how many negatives have one and the same score. */
export interface ScoreGroup {
  positives: number;
  negatives: number;
}

/**
 * Area under the receiver operating characteristic: how often a positive scores above a negative, ties counting
 * half (Mann and Whitney 1947). `groups`: by score, the lowest first. NaN when one of the classes is empty.
 */
export function areaUnderGroups(groups: Iterable<ScoreGroup>): number {
  let below = 0;
  let positives = 0;
  let wins = 0;
  for (const group of groups) {
    wins += group.positives * (below + group.negatives / 2);
    below += group.negatives;
    positives += group.positives;
  }
  return wins / (positives * below);
}

/** {@link areaUnderGroups} of single scores, each with its truth, in any order. */
export function areaUnderCurve(scores: readonly number[], truth: readonly boolean[]): number {
  const groups = new Map<number, ScoreGroup>();
  for (const [i, score] of scores.entries()) {
    let group = groups.get(score);
    if (group === undefined) {
      group = { positives: 0, negatives: 0 };
      groups.set(score, group);
    }
    if (truth[i]) group.positives += 1;
    else group.negatives += 1;
  }
  return areaUnderGroups([...groups].sort(([one], [other]) => one - other).map(([, group]) => group));
}

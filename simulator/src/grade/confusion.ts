/** How answers and truth met, as counts. */
export interface Confusion {
  truePositives: number;
  falseNegatives: number;
  trueNegatives: number;
  falsePositives: number;
}

/** A share of a number of cases; without cases there is none. */
export interface Share {
  matched: number;
  of: number;
}

/** Answers at or above the threshold are positive. `scores` and `truth` go together by index. */
export function confusionAt(
  scores: readonly number[],
  truth: readonly boolean[],
  threshold: number,
): Confusion {
  const found: Confusion = { truePositives: 0, falseNegatives: 0, trueNegatives: 0, falsePositives: 0 };
  for (const [i, score] of scores.entries()) {
    const positive = score >= threshold;
    if (truth[i]) found[positive ? 'truePositives' : 'falseNegatives'] += 1;
    else found[positive ? 'falsePositives' : 'trueNegatives'] += 1;
  }
  return found;
}

/** Share of the true that was found. */
export function sensitivityOf({ truePositives, falseNegatives }: Confusion): Share {
  return { matched: truePositives, of: truePositives + falseNegatives };
}

/** Share of the rest that was left alone. */
export function specificityOf({ trueNegatives, falsePositives }: Confusion): Share {
  return { matched: trueNegatives, of: trueNegatives + falsePositives };
}

const ANY = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** Between which limits a weight may lie. */
export type Bounds = readonly [least: number, most: number];

/**
 * Logistic regression by Newton's method (iteratively reweighted least squares), with a ridge on the weights
 * but not on the intercept: without it, weights of classes that separate would grow for ever.
 * `bounds`: of each column's weight; one that would leave them stays at the limit, and the others are fitted around it.
 * Returns the intercept, then one weight per column.
 */
export function fitLogistic(
  rows: readonly (readonly number[])[],
  truth: readonly boolean[],
  ridge: number,
  bounds: readonly Bounds[] = [],
): number[] {
  const columns = (rows[0]?.length ?? 0) + 1;
  const boundsOf = (column: number): Bounds => (column === 0 ? ANY : (bounds[column - 1] ?? ANY));
  let weights = new Array<number>(columns).fill(0);
  for (let round = 0; round < 50; round++) {
    const gradient = new Array<number>(columns).fill(0);
    const hessian = Array.from({ length: columns }, () => new Array<number>(columns).fill(0));
    for (let r = 0; r < rows.length; r++) {
      const row = [1, ...rows[r]!];
      const logOdds = row.reduce((sum, value, i) => sum + value * weights[i]!, 0);
      const probability = 1 / (1 + Math.exp(-logOdds));
      const error = (truth[r] ? 1 : 0) - probability;
      const certainty = probability * (1 - probability);
      for (let i = 0; i < columns; i++) {
        gradient[i]! += error * row[i]!;
        for (let j = 0; j < columns; j++) hessian[i]![j]! += certainty * row[i]! * row[j]!;
      }
    }
    for (let i = 1; i < columns; i++) {
      gradient[i]! -= ridge * weights[i]!;
      hessian[i]![i]! += ridge;
    }
    const step = stepWithin(hessian, gradient, weights, boundsOf);
    weights = weights.map((weight, i) => weight + step[i]!);
    if (Math.max(...step.map(Math.abs)) < 1e-9) return weights;
  }
  throw new Error('the fit did not settle in 50 rounds: raise the ridge');
}

/** Newton's step; of weights that it would take over their limits one that ends there, and the best one of the others beside. */
function stepWithin(
  hessian: readonly number[][],
  gradient: readonly number[],
  weights: readonly number[],
  boundsOf: (column: number) => Bounds,
): number[] {
  const limited = new Map<number, number>();
  for (;;) {
    const right = gradient.map((value, i) => {
      let rest = value;
      for (const [column, move] of limited) rest -= hessian[i]![column]! * move;
      return limited.get(i) ?? rest;
    });
    const matrix = hessian.map((row, i) =>
      row.map((value, j) => (limited.has(i) || limited.has(j) ? Number(i === j) : value)),
    );
    const step = solve(matrix, right);
    const before = limited.size;
    for (let i = 0; i < step.length; i++) {
      const [least, most] = boundsOf(i);
      const to = weights[i]! + step[i]!;
      if (!limited.has(i) && (to < least || to > most))
        limited.set(i, (to < least ? least : most) - weights[i]!);
    }
    if (limited.size === before) return step;
  }
}

/** Solves a small system by elimination with pivots. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let r = column + 1; r < size; r++)
      if (Math.abs(rows[r]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = r;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let r = 0; r < size; r++) {
      if (r === column) continue;
      const factor = rows[r]![column]! / rows[column]![column]!;
      for (let c = column; c <= size; c++) rows[r]![c]! -= factor * rows[column]![c]!;
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!);
}

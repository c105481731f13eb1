/** Median, lowest and highest of the repeats. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

export type GoalResult = 'met' | 'missed' | 'none';

/** One line of the table. */
export interface BenchRow extends Spread {
  row: string;
  unit: string;
  /** What stands beside it, measured in the same run. */
  alternative?: { name: string } & Spread;
  /** Median by the alternative's median. */
  ratio?: number;
  /** The goal in words; empty where a figure is only reported. */
  goal: string;
  result: GoalResult;
}

/** What a median (or the ratio to the alternative) must be. */
export type Goal = { of: 'value' | 'ratio' } & ({ atMost: number } | { atLeast: number });

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)] ?? Number.NaN;
  const high = sorted[Math.ceil(middle)] ?? Number.NaN;
  return {
    median: (low + high) / 2,
    least: sorted[0] ?? Number.NaN,
    most: sorted.at(-1) ?? Number.NaN,
  };
}

/** A row with its ratio and whether the goal was met. A figure that is not a number never meets a goal. */
export function rowOf(
  row: string,
  unit: string,
  value: Spread,
  options: { alternative?: { name: string } & Spread; goal?: Goal } = {},
): BenchRow {
  const { alternative, goal } = options;
  const ratio = alternative ? value.median / alternative.median : undefined;
  const judged = goal?.of === 'ratio' ? ratio : value.median;
  return {
    row,
    unit,
    ...value,
    ...(alternative ? { alternative } : {}),
    ...(ratio === undefined ? {} : { ratio }),
    goal: goal === undefined ? '' : `${limitOf(goal)}${goal.of === 'ratio' ? 'x' : ''}`,
    result: goal === undefined ? 'none' : judged !== undefined && isMet(goal, judged) ? 'met' : 'missed',
  };
}

function limitOf(goal: Goal): string {
  return 'atMost' in goal ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
}

function isMet(goal: Goal, figure: number): boolean {
  return 'atMost' in goal ? figure <= goal.atMost : figure >= goal.atLeast;
}

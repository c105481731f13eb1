type Tree = { [key: string]: number | Tree };

/** The sum of objects whose leaves are numbers, leaf by leaf; what a part lacks counts as 0. The parts stay as they are. */
export function sumOf<Counts extends object>(parts: readonly Counts[]): Counts {
  const sum: Tree = {};
  for (const part of parts) addTree(sum, part as unknown as Tree);
  return sum as unknown as Counts;
}

function addTree(sum: Tree, part: Tree): void {
  for (const [key, value] of Object.entries(part)) {
    if (typeof value === 'number') sum[key] = ((sum[key] as number | undefined) ?? 0) + value;
    else {
      if (typeof sum[key] !== 'object') sum[key] = {};
      addTree(sum[key], value);
    }
  }
}

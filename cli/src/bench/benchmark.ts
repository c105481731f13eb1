import type { BenchRow } from './row.ts';

/** How much a benchmark may do, and where the real services are. */
export interface BenchContext {
  repeats: number;
  /** Shorter measurements, for a look; their figures are noisier. */
  quick: boolean;
  redisUrl?: string;
  mongoUrl?: string;
  /** One sentence about what happens now. */
  progress(says: string): void;
  /** One sentence about what was left out and why. */
  leftOut(says: string): void;
}

/** One group of rows that are measured together. */
export interface Benchmark {
  name: string;
  says: string;
  /** Minutes of work, run only with `--long`. */
  long: boolean;
  /** About how long it takes, s. */
  estimateSeconds(context: BenchContext): number;
  run(context: BenchContext): Promise<BenchRow[]>;
}

/** Runs `measure` for each repeat, one after the other. */
export async function repeated<Result>(
  { repeats, progress }: BenchContext,
  what: string,
  measure: (repeat: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    progress(`${what}, ${repeat + 1} of ${repeats}`);
    results.push(await measure(repeat));
  }
  return results;
}

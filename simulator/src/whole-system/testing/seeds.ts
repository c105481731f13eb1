import { createPopulation } from '../../fleet/population.ts';

/** One set of patients for the tests of one file: what is told of is who fails when, not who moves how. */
export const TEST_POPULATION = createPopulation(1);

/** `full`: the same tests with more seeds and longer runs. */
export const FULL = process.env.GAITWAY_TEST === 'full';

/** The seeds of a test: `GAITWAY_SEED` alone, where it is set, to repeat what failed. */
export function seeds(quick: number, full: number): number[] {
  const { GAITWAY_SEED } = process.env;
  if (GAITWAY_SEED !== undefined) return [Number(GAITWAY_SEED)];
  return Array.from({ length: FULL ? full : quick }, (_, index) => index + 1);
}

/** What a failed expectation says first. */
export function repeatWith(seed: number, file: string): string {
  return `seed ${seed}; repeat it: GAITWAY_SEED=${seed} npx vitest run simulator/src/whole-system/${file}`;
}

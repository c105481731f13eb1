import { ACCEL_ENERGY_WEIGHT, featureIndex } from '@gaitway/contract';

const FREEZE = featureIndex('accelFreezeLog2');
const LOCOMOTION = featureIndex('accelLocomotionLog2');
const SAMPLE_COUNT = featureIndex('sampleCount');

/** Name under which its figures stand beside those of the models. */
export const PUBLISHED_FREEZE_INDEX = 'published freeze index';
/**
 * From this index on a slot is a freeze: the lower of the two thresholds that the authors of the Daphnet recordings give for
 * their ten patients (3 and 1.5; Baechlin et al., IEEE TITB 14(2), 2010, 436-446). Which of the two was decided with these recordings
 * in sight (docs/grading.md).
 */
export const FREEZE_INDEX = 1.5;
/** With less power in 0.5-8 Hz nobody moves, and an index near 1 means nothing (Baechlin's PowerTH), g^2. */
const POWER_G2_MIN = 0.01;

/**
 * The freeze index as published, for comparison only: no model, nothing fitted, and no answer of any server. Power in
 * 3-8 Hz over that in 0.5-3 Hz of all three axes (Moore et al. 2008; Baechlin et al. 2010), here from the energies of the
 * device's own band filters instead of a Fourier transform. `countsPerG`: of the accelerometer's range.
 */
export function freezeIndexOf(
  values: ArrayLike<number>,
  countsPerG: number,
): { index: number; powerG2: number } {
  const freeze = 2 ** (values[FREEZE]! / 256) - 1;
  const locomotion = 2 ** (values[LOCOMOTION]! / 256) - 1;
  const samples = Math.max(1, values[SAMPLE_COUNT]!);
  return {
    index: locomotion > 0 ? freeze / locomotion : freeze > 0 ? Number.MAX_VALUE : 0,
    powerG2: (freeze + locomotion) / (samples * ACCEL_ENERGY_WEIGHT) / countsPerG ** 2,
  };
}

/** Its answer: the index as score, 0 where nobody moves. */
export function publishedFreeze(
  values: ArrayLike<number>,
  countsPerG: number,
): { score: number; positive: boolean } {
  return freezeAnswer(freezeIndexOf(values, countsPerG));
}

/** What an index and a power say. */
export function freezeAnswer({ index, powerG2 }: { index: number; powerG2: number }): {
  score: number;
  positive: boolean;
} {
  const score = powerG2 > POWER_G2_MIN ? index : 0;
  return { score, positive: score > FREEZE_INDEX };
}

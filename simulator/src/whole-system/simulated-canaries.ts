import type { Program } from '@gaitway/firmware/board';
import { CanaryCounts } from '../canaries/canary-counts.ts';
import { canariesIn } from '../canaries/canary-fleet.ts';
import type { Population } from '../fleet/population.ts';
import type { Cohort } from '../patients/cohort.ts';
import { ReadingSource } from '../patients/readings.ts';

export interface SimulatedCanaries {
  program: Program;
  boot: number;
  seed: number;
  slotMs: number;
  cohort?: Cohort | undefined;
}

/** The boards of a simulation. One that hangs, or otherwise does what no canary should, ends it. */
export function simulatedCanaries(canaries: SimulatedCanaries, population: Population) {
  const { program, boot, seed, slotMs, cohort } = canaries;
  const readings = new ReadingSource(seed, { slotMs, ...(cohort ? { cohort } : {}) });
  return canariesIn({
    ...{ program, boot },
    deviceOf: (index) => population.personAt(index).device,
    placementOf: (index) => readings.placementOf(index),
    samplesOf: (index, slot) => readings.samplesOf(index, slot),
    pulsesOf: (index, slot) => readings.pulsesOf(index, slot),
    counts: new CanaryCounts((says) => {
      throw new Error(says);
    }),
  });
}

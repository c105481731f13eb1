import { uniform } from '@gaitway/contract';
import type { Population } from '../fleet/population.ts';

/** Patients of one system at the most: half of a thousand, so that a day of those keeps two cores busy. */
export const PATIENTS_PER_CELL = 500;

const STREAM = 0x6365;

/** One of the systems that a large simulation is cut into. */
export interface Cell {
  /** What its faults and its schedule are drawn from. */
  seed: number;
  patients: number;
  /** Index of its first patient among those of the simulation. */
  firstPatient: number;
}

/**
 * A large simulation is several whole systems that share nothing, each with patients of its own (a cell-based
 * deployment), because one virtual clock can use one core only. How it is cut follows from the number of
 * patients alone, never from the machine, so the digests are the same wherever it runs.
 */
export function cellsOf(seed: number, patients: number, patientsPerCell = PATIENTS_PER_CELL): Cell[] {
  const cells = Math.ceil(patients / patientsPerCell);
  return Array.from({ length: cells }, (_, cell) => {
    const firstPatient = Math.floor((cell * patients) / cells);
    return {
      seed: cell === 0 ? seed : Math.floor(uniform(seed, STREAM, cell) * 2 ** 32),
      patients: Math.floor(((cell + 1) * patients) / cells) - firstPatient,
      firstPatient,
    };
  });
}

/** The people of one cell, with its own indexes from 0. */
export function populationOf({ firstPatient }: Cell, all: Population): Population {
  return {
    personAt: (index) => all.personAt(firstPatient + index),
    valuesOf: (index, slot) => all.valuesOf(firstPatient + index, slot),
    labelOf: (index, slot) => all.labelOf(firstPatient + index, slot),
    episodesOf: (index, from, to) => all.episodesOf(firstPatient + index, from, to),
    eventOf: (index, slot, firstSlot) => all.eventOf(firstPatient + index, slot, firstSlot),
    placementOf: (index) => all.placementOf(firstPatient + index),
  };
}

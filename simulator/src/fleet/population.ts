import { type Placement, SLOT_MS_DEFAULT } from '@gaitway/contract';
import { COHORT_DEFAULT, type Cohort } from '../patients/cohort.ts';
import { type Episode, episodes } from '../patients/episodes.ts';
import { deviceOf, patientId, wardId } from '../patients/identity.ts';
import { label, type SlotLabel } from '../patients/label.ts';
import { ReadingSource, type SlotEvent } from '../patients/readings.ts';

/** Who one patient is to the server. */
export interface Person {
  patient: string;
  ward: string;
  device: number;
}

/** The people of a run, as the fleet needs them: who they are, and what their devices measure. */
export interface Population {
  personAt(index: number): Person;
  /** Feature values of a slot: read only, and only until the next call. */
  valuesOf(index: number, slot: number): Readonly<ArrayLike<number>>;
  /** What is true of the slot that these values are of. */
  labelOf(index: number, slot: number): SlotLabel;
  /** The episodes between two slots, from the beginning of slot 0. */
  episodesOf(index: number, fromSlot: number, toSlot: number): Episode[];
  /** What the device tells within a slot besides its values, if it started with `firstSlot`; `null`: nothing. */
  eventOf(index: number, slot: number, firstSlot: number): SlotEvent | null;
  /** Where the person wears the device. */
  placementOf(index: number): Placement;
}

export function personAt(index: number): Person {
  return { patient: patientId(index), ward: wardId(index), device: deviceOf(index) };
}

/** The synthetic patients of `seed`, as `cohort` has them. Readings are synthesised when they are first asked for. */
export function createPopulation(
  seed: number,
  slotMs: number = SLOT_MS_DEFAULT,
  cohort: Cohort = COHORT_DEFAULT,
): Population {
  return populationFrom(new ReadingSource(seed, { slotMs, cohort }));
}

/** The patients whose readings these are. */
export function populationFrom(readings: ReadingSource): Population {
  const { seed, cohort } = readings;
  return {
    personAt,
    valuesOf: (index, slot) => readings.valuesOf(index, slot),
    labelOf: (index, slot) => label(seed, index, slot, cohort),
    episodesOf: (index, from, to) => episodes(seed, index, from, to, cohort),
    eventOf: (index, slot, firstSlot) => readings.eventOf(index, slot, firstSlot),
    placementOf: (index) => readings.placementOf(index),
  };
}

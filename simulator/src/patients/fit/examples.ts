import { Placement } from '@gaitway/contract';
import {
  calibrated,
  contributionsOf,
  emptySignalFeatures,
  type ReadingHeader,
  readSignalFeatures,
  type SignalFeature,
  type SignalFeatures,
  type SlotHeadFile,
  signalFeatureIndex,
} from '@gaitway/reference-server';
import { COHORT_DEFAULT, type Cohort } from '../cohort.ts';
import { emptySlotEntry, findSlotEntry, label } from '../label.ts';
import { motionOf } from '../motion.ts';
import { RANGES_DEFAULT, ReadingSource } from '../readings.ts';
import { traitsOf } from '../traits.ts';

export const WRIST_READING: ReadingHeader = {
  flags: 0,
  placement: Placement.wrist,
  slotMs: 5000,
  ...RANGES_DEFAULT,
};

/** What is true of one slot, for the conditions that models are fitted to. */
export interface Truth {
  tremor: boolean;
  gait: boolean;
  freezing: boolean;
  /** Somebody walks, and the arm swings by less than half of what is usual. Of rigidity itself no signal holds anything. */
  rigidityProxy: boolean;
}

/** Usual are 45 deg/s, the root of the mean square: the middle of the signal model's range in the research note. */
export const LITTLE_SWING_DEG_PER_SECOND = 22.5;

export interface Example {
  features: SignalFeatures;
  truth: Truth;
}

export const SLOTS_OF_A_DAY = 17_280;

/** Slots of the synthetic patients of a seed whose devices sit at one place, as they live. */
export class LivingPatients {
  private readonly seed: number;
  private readonly source: ReadingSource;
  private readonly placement: Placement;
  private readonly cohort: Cohort;
  private readonly entry = emptySlotEntry();
  /** Indexes of those patients, as far as they were asked for. */
  private readonly indexes: number[] = [];

  constructor(seed: number, placement: Placement, cohort: Cohort = COHORT_DEFAULT) {
    this.seed = seed;
    this.source = new ReadingSource(seed, { cohort });
    this.placement = placement;
    this.cohort = cohort;
  }

  /** `patient`: the so-manieth of those whose device sits there. */
  at(patient: number, slot: number): Example {
    const index = this.indexOf(patient);
    const { tremor, state, freezing } = label(this.seed, index, slot, this.cohort);
    const features = emptySignalFeatures();
    const header = { ...WRIST_READING, placement: this.placement };
    readSignalFeatures(this.source.valuesOf(index, slot), header, features);
    const gait = state === 'walking';
    const rigidityProxy = gait && this.swingOf(index, slot) < LITTLE_SWING_DEG_PER_SECOND;
    return { features, truth: { tremor, gait, freezing, rigidityProxy } };
  }

  /** `slots` of each of `patients`, spread over a day. */
  some(patients: number, slots: number): Example[] {
    const apart = Math.floor(SLOTS_OF_A_DAY / slots);
    return Array.from({ length: patients * slots }, (_, i) => {
      const patient = Math.floor(i / slots);
      return this.at(patient, (i % slots) * apart + (patient % apart));
    });
  }

  /** What the arm swings by in this slot, as it was made. */
  private swingOf(patientIndex: number, slot: number): number {
    const { seed, cohort, entry, placement } = this;
    findSlotEntry(seed, patientIndex, slot, traitsOf(seed, patientIndex, cohort), cohort, entry);
    return motionOf(seed, entry.archetype, entry.variant, placement, cohort).swingDegPerSecond;
  }

  private indexOf(patient: number): number {
    for (let index = (this.indexes.at(-1) ?? -1) + 1; this.indexes.length <= patient; index++) {
      if (this.source.placementOf(index) === this.placement) this.indexes.push(index);
    }
    return this.indexes[patient]!;
  }
}

export function featureOf({ features }: Example, name: SignalFeature): number {
  return features.values[signalFeatureIndex(name)]!;
}

/** What the head says of a slot, as a probability. */
export function probabilityOf(head: SlotHeadFile, example: Example): number {
  return calibrated(head.calibration, contributionsOf(head, (name) => featureOf(example, name)).score);
}

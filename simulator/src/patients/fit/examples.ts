import { Placement } from '@gaitway/contract';
import {
  calibrated,
  contributionsOf,
  emptySignalFeatures,
  readSignalFeatures,
  type SignalFeature,
  type SignalFeatures,
  type SlotHeadFile,
  signalFeatureIndex,
} from '@gaitway/reference-server';
import { label } from '../label.ts';
import { RANGES_DEFAULT, ReadingSource } from '../readings.ts';

export const WRIST_READING = {
  flags: 0,
  placement: Placement.wrist,
  slotMs: 5000,
  ...RANGES_DEFAULT,
} as const;

/** What is true of one slot, for the conditions that models are fitted to. */
export interface Truth {
  tremor: boolean;
  gait: boolean;
}

export interface Example {
  features: SignalFeatures;
  truth: Truth;
}

/** Slots between two examples of one patient: neighbours are much alike. */
const APART_SLOTS = 12;

/** Slots of the synthetic patients of a seed, as they live. */
export class LivingPatients {
  private readonly seed: number;
  private readonly source: ReadingSource;

  constructor(seed: number) {
    this.seed = seed;
    this.source = new ReadingSource(seed);
  }

  at(patient: number, slot: number): Example {
    const { tremor, state } = label(this.seed, patient, slot);
    const features = emptySignalFeatures();
    readSignalFeatures(this.source.valuesOf(patient, slot), WRIST_READING, features);
    return { features, truth: { tremor, gait: state === 'walking' } };
  }

  /** `slots` of each of `patients`, one of each minute. */
  some(patients: number, slots: number): Example[] {
    return Array.from({ length: patients * slots }, (_, i) =>
      this.at(Math.floor(i / slots), (i % slots) * APART_SLOTS),
    );
  }
}

export function featureOf({ features }: Example, name: SignalFeature): number {
  return features.values[signalFeatureIndex(name)]!;
}

/** What the head says of a slot, as a probability. */
export function probabilityOf(head: SlotHeadFile, example: Example): number {
  return calibrated(head.calibration, contributionsOf(head, (name) => featureOf(example, name)).score);
}

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

/** Slots between two examples of one patient, 24 minutes: sixty of them are a whole day. */
const APART_SLOTS = 288;

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

  /** `slots` of each of the first `patients` who wear the device at the wrist, {@link APART_SLOTS} apart. */
  some(patients: number, slots: number): Example[] {
    const wrists = this.atTheWrist(patients);
    return Array.from({ length: patients * slots }, (_, i) =>
      this.at(wrists[Math.floor(i / slots)]!, (i % slots) * APART_SLOTS),
    );
  }

  /** The first so many patients who wear the device at the wrist. */
  atTheWrist(patients: number): number[] {
    const found: number[] = [];
    for (let patient = 0; found.length < patients; patient++) {
      if (this.source.placementOf(patient) === Placement.wrist) found.push(patient);
    }
    return found;
  }
}

export function featureOf({ features }: Example, name: SignalFeature): number {
  return features.values[signalFeatureIndex(name)]!;
}

/** What the head says of a slot, as a probability. */
export function probabilityOf(head: SlotHeadFile, example: Example): number {
  return calibrated(head.calibration, contributionsOf(head, (name) => featureOf(example, name)).score);
}

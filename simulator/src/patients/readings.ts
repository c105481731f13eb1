import { FEATURE_FIELDS, SAMPLE_RATE_HZ, SLOT_MS_DEFAULT } from '@gaitway/contract';
import { FeatureExtractor } from '@gaitway/firmware';
import { ARCHETYPES, TAKES_PER_BODY } from './archetypes.ts';
import type { SensorRanges } from './components/inertial-sensor.ts';
import { archetypeOf, variantOf } from './label.ts';
import { synthesise } from './signal.ts';
import { BODY_BINS, type PatientTraits, traitsOf } from './traits.ts';

/** The ranges that a wrist wants: falls pass 2 g, and 1000 deg/s is what the features were chosen for. */
export const RANGES_DEFAULT: Readonly<SensorRanges> = { accelRange: 2, gyroRange: 2 };

const FIELDS = FEATURE_FIELDS.length;
const VARIANTS = BODY_BINS * TAKES_PER_BODY;
/** The count of samples is one byte on the wire. */
const SAMPLES_MAX = 255;

export interface ReadingSourceOptions {
  slotMs?: number;
  ranges?: SensorRanges;
}

/**
 * What devices report, for as many patients as there are: a pool of slots that were synthesised once and went
 * through the device's own feature extractor; which one a slot gets follows from (seed, patient, slot). An
 * entry is never edited, so from the same three numbers `samplesOf` gives the samples that it was made of.
 *
 * Every process that makes one from the same seed has the same pool.
 */
export class ReadingSource {
  readonly seed: number;
  readonly samplesPerSlot: number;
  readonly ranges: Readonly<SensorRanges>;
  /** One row of values per archetype and variant. */
  private readonly pool: readonly Int32Array[];
  private readonly traits = new Map<number, PatientTraits>();

  constructor(seed: number, options: ReadingSourceOptions = {}) {
    const { slotMs = SLOT_MS_DEFAULT, ranges = RANGES_DEFAULT } = options;
    this.seed = seed;
    this.ranges = ranges;
    this.samplesPerSlot = Math.min(SAMPLES_MAX, Math.max(1, Math.round((slotMs * SAMPLE_RATE_HZ) / 1000)));
    const extractor = new FeatureExtractor(ranges.accelRange);
    const pool: Int32Array[] = [];
    for (let entry = 0; entry < ARCHETYPES.length * VARIANTS; entry++) {
      const values = new Int32Array(FIELDS);
      extractor.extract(this.synthesiseEntry(entry), values);
      pool.push(values);
    }
    this.pool = pool;
  }

  /** The values of one slot, one per row of `FEATURE_FIELDS`. Shared between slots: read only. */
  valuesOf(patientIndex: number, slotIndex: number): Readonly<ArrayLike<number>> {
    return this.pool[this.entryOf(patientIndex, slotIndex)]!;
  }

  /** The samples of which `valuesOf` of the same slot was made: 6 axes, one sample after the other. */
  samplesOf(patientIndex: number, slotIndex: number): Int16Array {
    return this.synthesiseEntry(this.entryOf(patientIndex, slotIndex));
  }

  private synthesiseEntry(entry: number): Int16Array {
    return synthesise(
      this.seed,
      Math.floor(entry / VARIANTS),
      entry % VARIANTS,
      this.samplesPerSlot,
      this.ranges,
    );
  }

  private entryOf(patientIndex: number, slotIndex: number): number {
    const traits = this.traitsOf(patientIndex);
    const archetype = archetypeOf(this.seed, patientIndex, slotIndex, traits);
    return archetype * VARIANTS + variantOf(this.seed, patientIndex, slotIndex, traits.body, TAKES_PER_BODY);
  }

  private traitsOf(patientIndex: number): PatientTraits {
    let traits = this.traits.get(patientIndex);
    if (traits === undefined) {
      traits = traitsOf(this.seed, patientIndex);
      this.traits.set(patientIndex, traits);
    }
    return traits;
  }
}

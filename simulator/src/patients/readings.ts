import { FEATURE_FIELDS, normal, Placement, SAMPLE_RATE_HZ, SLOT_MS_DEFAULT } from '@gaitway/contract';
import { FeatureExtractor, PulseMeter, TICK_MS, tellsFalls } from '@gaitway/firmware';
import { ARCHETYPES, TAKES_PER_BODY } from './archetypes.ts';
import { bell, COHORT_DEFAULT, type Cohort } from './cohort.ts';
import { synthesisePulses } from './components/heart.ts';
import type { SensorRanges } from './components/inertial-sensor.ts';
import { emptySlotEntry, findSlotEntry, sameArchetypeUntil, takeOfSlot } from './label.ts';
import { bodySeed, takeSeed } from './motion.ts';
import { type FallSamples, holdsImpact, RunningFalls, type SlotEvent } from './running-falls.ts';
import { synthesise } from './signal.ts';
import { BODY_BINS, hasOpticalSensor, PATIENT_STREAM, traitsOf } from './traits.ts';

/** The ranges that a wrist wants: falls pass 2 g, and 1000 deg/s is what the features were chosen for. */
export const RANGES_DEFAULT: Readonly<SensorRanges> = { accelRange: 2, gyroRange: 2 };

const FIELDS = FEATURE_FIELDS.length;
const VARIANTS = BODY_BINS * TAKES_PER_BODY;
const PLACEMENTS = [Placement.wrist, Placement.shank] as const;
/** Of a device that tells no falls. */
const UNWATCHED = new Int16Array(0);
/** The count of samples is one byte on the wire. */
const SAMPLES_MAX = 255;

/** Entries that a pool has when every one was asked for. */
export const POOL_ENTRIES = PLACEMENTS.length * ARCHETYPES.length * VARIANTS;

export type { SlotEvent } from './running-falls.ts';

interface PoolEntry extends FallSamples {
  values: Int32Array;
}

export interface ReadingSourceOptions {
  slotMs?: number;
  ranges?: SensorRanges;
  cohort?: Cohort;
}

/**
 * What devices report, for as many patients as there are: a pool of slots that were synthesised once and went
 * through the device's own feature extractor; which one a slot gets follows from (seed, patient, slot). An
 * entry is never edited, so from the same three numbers `samplesOf` gives the samples that it was made of, and `pulsesOf`
 * the beats, on devices that have an optical sensor. The event of a slot is what the device's own detector says that runs
 * from slot to slot.
 *
 * An entry is made when it is first asked for, and kept: at most {@link POOL_ENTRIES} of 3.5 kB each at the wrist and of 0.3 kB elsewhere. Every process
 * that makes a pool from the same seed and cohort gets the same entries, in whatever order they are asked for.
 */
export class ReadingSource {
  readonly seed: number;
  readonly samplesPerSlot: number;
  readonly ranges: Readonly<SensorRanges>;
  readonly cohort: Cohort;
  private readonly pool: (PoolEntry | undefined)[] = new Array(POOL_ENTRIES);
  /** Per patient the slot that was last looked up, and its place in the pool: a slot's event and its values are asked for one after the other. */
  private lastSlot = new Int32Array(0);
  private lastAt = new Int32Array(0);
  /** Per patient slots in a row, from and up to, that differ by their takes alone, and the place of their take 0. */
  private spanFrom = new Int32Array(0);
  private spanTo = new Int32Array(0);
  private spanAt = new Int32Array(0);
  private readonly extractor: FeatureExtractor;
  private readonly pulse = new PulseMeter();
  private readonly ticksPerSlot: number;
  private readonly falls: RunningFalls;
  private readonly entry = emptySlotEntry();

  constructor(seed: number, options: ReadingSourceOptions = {}) {
    const { slotMs = SLOT_MS_DEFAULT, ranges = RANGES_DEFAULT, cohort = COHORT_DEFAULT } = options;
    this.seed = seed;
    this.ranges = ranges;
    this.cohort = cohort;
    this.samplesPerSlot = Math.min(SAMPLES_MAX, Math.max(1, Math.round((slotMs * SAMPLE_RATE_HZ) / 1000)));
    this.ticksPerSlot = Math.max(1, Math.floor(slotMs / TICK_MS));
    this.extractor = new FeatureExtractor(ranges.accelRange);
    this.falls = new RunningFalls(ranges.accelRange, this.ticksPerSlot, (patientIndex, slotIndex) =>
      this.pooled(patientIndex, slotIndex),
    );
  }

  /** The values of one slot, one per row of `FEATURE_FIELDS`. Shared between slots: read only. */
  valuesOf(patientIndex: number, slotIndex: number): Readonly<ArrayLike<number>> {
    return this.pooled(patientIndex, slotIndex).values;
  }

  /**
   * What the device tells within the slot besides its values; `null`: nothing. It has run since the beginning of `firstSlot`: that of the
   * run, or the one behind its last reboot. A patient's slots are best asked for in order (see {@link RunningFalls}).
   */
  eventOf(patientIndex: number, slotIndex: number, firstSlot = 0): SlotEvent | null {
    return this.falls.eventOf(patientIndex, slotIndex, firstSlot);
  }

  /** The samples of which `valuesOf` of the same slot was made: 6 axes, one sample after the other. */
  samplesOf(patientIndex: number, slotIndex: number): Int16Array {
    const { archetype, variant, placement } = this.entryOf(patientIndex, slotIndex);
    return this.synthesiseEntry(archetype, variant, placement);
  }

  /**
   * The beats of which the heart's fields in `valuesOf` of the same slot were made: for each tick the interval before the beat that
   * was found then, 0.1 ms, or 0. `undefined`: the patient's device has no optical sensor.
   */
  pulsesOf(patientIndex: number, slotIndex: number): Uint16Array | undefined {
    const { archetype, variant, placement } = this.entryOf(patientIndex, slotIndex);
    return this.pulsesOfEntry(archetype, variant, placement);
  }

  /** Where this patient's device sits. */
  placementOf(patientIndex: number): Placement {
    return traitsOf(this.seed, patientIndex, this.cohort).placement;
  }

  /** Whether the patient's device has an optical sensor for the heart. */
  hasOpticalSensor(patientIndex: number): boolean {
    return hasOpticalSensor(traitsOf(this.seed, patientIndex, this.cohort).body, this.cohort);
  }

  private pooled(patientIndex: number, slotIndex: number): PoolEntry {
    if (patientIndex >= this.lastSlot.length) this.remember(patientIndex);
    if (this.lastSlot[patientIndex] === slotIndex) return this.pool[this.lastAt[patientIndex]!]!;
    const at = this.placeOf(patientIndex, slotIndex);
    let entry = this.pool[at];
    if (entry === undefined) {
      const row = Math.floor(at / VARIANTS);
      const placement = row < ARCHETYPES.length ? Placement.wrist : Placement.shank;
      entry = this.makeEntry(row % ARCHETYPES.length, at % VARIANTS, placement);
      this.pool[at] = entry;
    }
    this.lastSlot[patientIndex] = slotIndex;
    this.lastAt[patientIndex] = at;
    return entry;
  }

  /** The place of a slot's entry in the pool. */
  private placeOf(patientIndex: number, slotIndex: number): number {
    const { seed, cohort, entry } = this;
    if (slotIndex >= this.spanFrom[patientIndex]! && slotIndex < this.spanTo[patientIndex]!) {
      return this.spanAt[patientIndex]! + takeOfSlot(seed, patientIndex, slotIndex);
    }
    const traits = traitsOf(seed, patientIndex, cohort);
    findSlotEntry(seed, patientIndex, slotIndex, traits, cohort, entry);
    const { archetype, variant, placement } = entry;
    const row = (placement === Placement.shank ? ARCHETYPES.length : 0) + archetype;
    this.spanFrom[patientIndex] = slotIndex;
    this.spanTo[patientIndex] = sameArchetypeUntil(seed, patientIndex, slotIndex, traits, entry);
    this.spanAt[patientIndex] = row * VARIANTS + traits.body * TAKES_PER_BODY;
    return row * VARIANTS + variant;
  }

  /** Makes room for patients up to this one. */
  private remember(patientIndex: number): void {
    const size = Math.max(64, 2 * this.lastSlot.length, patientIndex + 1);
    const grown = (from: Int32Array, fill: number): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(size).fill(fill);
      to.set(from);
      return to;
    };
    this.lastSlot = grown(this.lastSlot, -1);
    this.lastAt = grown(this.lastAt, 0);
    this.spanFrom = grown(this.spanFrom, 0);
    this.spanTo = grown(this.spanTo, 0);
    this.spanAt = grown(this.spanAt, 0);
  }

  private makeEntry(archetype: number, variant: number, placement: Placement): PoolEntry {
    const values = new Int32Array(FIELDS);
    const samples = this.synthesiseEntry(archetype, variant, placement);
    this.extractor.extract(samples, values);
    const pulses = this.pulsesOfEntry(archetype, variant, placement);
    if (pulses !== undefined) {
      const { pulse } = this;
      pulse.begin();
      for (const interval of pulses) if (interval > 0) pulse.add(interval);
      pulse.end(values);
    }
    if (!tellsFalls(placement)) return { values, samples: UNWATCHED, hasImpact: false };
    return { values, samples, hasImpact: holdsImpact(samples, this.ranges.accelRange) };
  }

  private pulsesOfEntry(archetype: number, variant: number, placement: Placement): Uint16Array | undefined {
    const { seed, cohort, ticksPerSlot } = this;
    if (!hasOpticalSensor(Math.floor(variant / TAKES_PER_BODY), cohort)) return undefined;
    const body = bodySeed(seed, variant, placement);
    const resting = bell(cohort.ranges.restingHeartRateBpm, normal(body, PATIENT_STREAM.body, 12));
    const take = takeSeed(seed, archetype, variant, placement);
    return synthesisePulses(take, body, resting, ARCHETYPES[archetype]!.state, ticksPerSlot);
  }

  private synthesiseEntry(archetype: number, variant: number, placement: Placement): Int16Array {
    const { seed, samplesPerSlot, ranges, cohort } = this;
    return synthesise(seed, archetype, variant, samplesPerSlot, ranges, placement, cohort);
  }

  private entryOf(patientIndex: number, slotIndex: number): typeof this.entry {
    const { seed, cohort, entry } = this;
    findSlotEntry(seed, patientIndex, slotIndex, traitsOf(seed, patientIndex, cohort), cohort, entry);
    return entry;
  }
}

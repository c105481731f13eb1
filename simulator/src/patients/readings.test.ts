import { FEATURE_FIELDS, featureIndex, Placement } from '@gaitway/contract';
import { FeatureExtractor, PulseMeter } from '@gaitway/firmware';
import { describe, expect, it } from 'vitest';
import { COHORT_DEFAULT } from './cohort.ts';
import { label } from './label.ts';
import { ReadingSource } from './readings.ts';

const SEED = 5;
const source = new ReadingSource(SEED);
const HEART = ['heartRateBpm', 'beats', 'beatDifferenceSquares'].map(featureIndex);

describe('the readings of synthetic patients', () => {
  it('are what the device computes of the samples and beats that can be made again', () => {
    const extractor = new FeatureExtractor(source.ranges.accelRange);
    const meter = new PulseMeter();
    const values = new Int32Array(FEATURE_FIELDS.length);
    const seen = new Set<string>();
    let withHeart = 0;
    for (let i = 0; i < 120; i++) {
      const [patient, slot] = [i * 37, i * 11];
      extractor.extract(source.samplesOf(patient, slot), values);
      const reported = Array.from(source.valuesOf(patient, slot));
      const pulses = source.pulsesOf(patient, slot);
      expect(pulses !== undefined).toBe(source.hasOpticalSensor(patient));
      if (pulses !== undefined) {
        withHeart += 1;
        meter.begin();
        for (const interval of pulses) if (interval > 0) meter.add(interval);
        meter.end(values);
        expect(reported[featureIndex('heartRateBpm')]).toBeGreaterThan(40);
      }
      expect(reported).toEqual([...values]);
      seen.add(values.join());
    }
    expect(seen.size).toBeGreaterThan(100);
    expect(withHeart).toBeGreaterThan(10);
  });

  it('are the same in every process that has the seed, and others with another', () => {
    const again = new ReadingSource(SEED);
    const other = new ReadingSource(SEED + 1);
    const first = Array.from({ length: 50 }, (_, patient) => Array.from(source.valuesOf(patient, 4)));
    // Asked in another order, as by another worker.
    const second = Array.from({ length: 50 }, (_, i) => Array.from(again.valuesOf(49 - i, 4))).reverse();
    expect(second).toEqual(first);
    expect(Array.from({ length: 50 }, (_, patient) => Array.from(other.valuesOf(patient, 4)))).not.toEqual(
      first,
    );
  });

  it('fit their labels: steps when walking, shaking with a tremor', () => {
    const steps = featureIndex('steps');
    const ratio = (values: Readonly<ArrayLike<number>>): number =>
      values[featureIndex('gyroTremorLog2')]! - values[featureIndex('gyroLocomotionLog2')]!;
    const means = { walking: [0, 0], still: [0, 0], trembling: [0, 0] };
    for (let patient = 0; patient < 200; patient++) {
      if (source.placementOf(patient) !== Placement.wrist) continue;
      for (let slot = 0; slot < 60; slot++) {
        const { state, tremorRating } = label(SEED, patient, slot);
        const values = source.valuesOf(patient, slot);
        if (state === 'walking') {
          means.walking[0]! += values[steps]!;
          means.walking[1]! += 1;
        } else if (state === 'rest' && (tremorRating === null || tremorRating > 1.5)) {
          const mean = tremorRating === null ? means.still : means.trembling;
          mean[0]! += ratio(values);
          mean[1]! += 1;
        }
      }
    }
    expect(means.walking[0]! / means.walking[1]!).toBeGreaterThan(5);
    expect(means.trembling[0]! / means.trembling[1]!).toBeGreaterThan(256);
    expect(means.still[0]! / means.still[1]!).toBeLessThan(-256);
  });

  it('hold as many samples as the slot is long, and no more than the wire can count', () => {
    expect(new ReadingSource(1, { slotMs: 1000 }).samplesOf(0, 0)).toHaveLength(50 * 6);
    expect(source.valuesOf(0, 0)[featureIndex('sampleCount')]).toBe(250);
  });

  it('come from hearts where there is an optical sensor, and hold zeros where there is none', () => {
    const all = new ReadingSource(SEED, { cohort: { ...COHORT_DEFAULT, opticalSensorShare: 1 } });
    const none = new ReadingSource(SEED, { cohort: { ...COHORT_DEFAULT, opticalSensorShare: 0 } });
    let differences = 0;
    let squares = 0;
    for (let patient = 0; patient < 400; patient++) {
      const [bpm, beats, sum] = HEART.map((at) => all.valuesOf(patient, 3)[at]!) as [number, number, number];
      // In 5 s: as many beats as the rate says, give or take one.
      expect(Math.abs(beats - bpm / 12)).toBeLessThan(1.2);
      expect(bpm).toBeGreaterThan(45);
      expect(bpm).toBeLessThan(125);
      // Each beat ends an interval, and the first of the slot has no neighbour.
      differences += Math.max(0, beats - 1);
      squares += 8 * sum;
      expect(HEART.map((at) => none.valuesOf(patient, 3)[at])).toEqual([0, 0, 0]);
    }
    // Root mean square of successive differences of a group with Parkinson's: 21.7 ms (research note, 1.7).
    expect(Math.sqrt(squares / differences)).toBeGreaterThan(17);
    expect(Math.sqrt(squares / differences)).toBeLessThan(30);
  });
});

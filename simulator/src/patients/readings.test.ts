import { FEATURE_FIELDS, featureIndex } from '@gaitway/contract';
import { FeatureExtractor } from '@gaitway/firmware';
import { describe, expect, it } from 'vitest';
import { label } from './label.ts';
import { ReadingSource } from './readings.ts';

const SEED = 5;
const source = new ReadingSource(SEED);

describe('the readings of synthetic patients', () => {
  it('are what the device computes of the samples that can be made again', () => {
    const extractor = new FeatureExtractor(source.ranges.accelRange);
    const values = new Int32Array(FEATURE_FIELDS.length);
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const [patient, slot] = [i * 37, i * 11];
      extractor.extract(source.samplesOf(patient, slot), values);
      expect([...values]).toEqual(Array.from(source.valuesOf(patient, slot)));
      seen.add(values.join());
    }
    expect(seen.size).toBeGreaterThan(50);
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
    const ratio = (patient: number, slot: number): number => {
      const values = source.valuesOf(patient, slot);
      return values[featureIndex('gyroTremorLog2')]! - values[featureIndex('gyroLocomotionLog2')]!;
    };
    const means = { walking: [0, 0], still: [0, 0], trembling: [0, 0] };
    for (let patient = 0; patient < 100; patient++) {
      for (let slot = 0; slot < 30; slot++) {
        const { state, tremor } = label(SEED, patient, slot);
        if (state === 'walking') {
          means.walking[0]! += source.valuesOf(patient, slot)[steps]!;
          means.walking[1]! += 1;
        } else if (state === 'rest') {
          const mean = tremor ? means.trembling : means.still;
          mean[0]! += ratio(patient, slot);
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
});

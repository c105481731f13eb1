import { FEATURE_FIELDS, normal } from '@gaitway/contract';
import { FeatureExtractor } from '@gaitway/firmware';
import { describe, expect, it } from 'vitest';
import { fourierFreeze } from './fourier-freeze-index.ts';
import { freezeAnswer, freezeIndexOf, publishedFreeze } from './freeze-index.ts';

/** Counts per g of +-8 g. */
const G = 4096;
const extractor = new FeatureExtractor(2);

/** Five seconds with gravity on one axis, and waves of these amplitudes in g on the others. */
function slotOf(waves: readonly (readonly [hz: number, amplitudeG: number])[], noiseG = 0): Int16Array {
  const samples = new Int16Array(250 * 6);
  for (let i = 0; i < 250; i++) {
    for (const [axis, [hz, amplitude]] of waves.entries())
      samples[6 * i + axis] = Math.round(
        G * (amplitude * Math.sin((2 * Math.PI * hz * i) / 50) + noiseG * normal(1, axis, i)),
      );
    samples[6 * i + 2] = G;
  }
  return samples;
}

function valuesOf(samples: Int16Array): Int32Array {
  const values = new Int32Array(FEATURE_FIELDS.length);
  extractor.extract(samples, values);
  return values;
}

describe('the published freeze index', () => {
  it.each([
    ['trembling legs', [[5, 0.3]] as const, true],
    ['a walk', [[1.6, 0.3]] as const, false],
    [
      'a walk with some trembling',
      [
        [1.6, 0.4],
        [5, 0.2],
      ] as const,
      false,
    ],
    [
      'trembling with some stepping',
      [
        [1.6, 0.2],
        [5, 0.6],
      ] as const,
      true,
    ],
  ])('tells %s, with the filters of the device and by Fourier', (_, waves, positive) => {
    const samples = slotOf(waves);
    expect(publishedFreeze(valuesOf(samples), G).positive).toBe(positive);
    expect(fourierFreeze(samples, G).positive).toBe(positive);
  });

  it('is the quotient of the powers of two waves, by Fourier', () => {
    // 1.6 and 5 Hz fall on bins of 0.2 Hz: (0.6 / 0.4)^2.
    expect(
      fourierFreeze(
        slotOf([
          [1.6, 0.4],
          [5, 0.6],
        ]),
        G,
      ).score,
    ).toBeCloseTo(2.25, 2);
  });

  it('says nothing of a leg at rest, whose noise has power in every band', () => {
    const samples = slotOf(
      [
        [5, 0],
        [5, 0],
      ],
      0.02,
    );
    expect(freezeIndexOf(valuesOf(samples), G).index).toBeGreaterThan(1);
    expect(publishedFreeze(valuesOf(samples), G)).toEqual({ score: 0, positive: false });
    expect(fourierFreeze(samples, G)).toEqual({ score: 0, positive: false });
  });

  it('knows the power of a wave: half of the square of its amplitude', () => {
    const { powerG2 } = freezeIndexOf(valuesOf(slotOf([[1.5, 0.3]])), G);
    expect(powerG2).toBeGreaterThan(0.8 * 0.045);
    expect(powerG2).toBeLessThan(1.3 * 0.045);
  });

  it('is positive above 1.5, and only where somebody moves with more than 0.01 g^2', () => {
    expect(freezeAnswer({ index: 1.5, powerG2: 1 }).positive).toBe(false);
    expect(freezeAnswer({ index: 1.51, powerG2: 0.0101 })).toEqual({ score: 1.51, positive: true });
    expect(freezeAnswer({ index: 9, powerG2: 0.01 })).toEqual({ score: 0, positive: false });
  });
});

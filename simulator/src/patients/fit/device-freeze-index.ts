import { FEATURE_FIELDS, featureIndex, normal, SAMPLE_RATE_HZ, uniform } from '@gaitway/contract';
import { FeatureExtractor } from '@gaitway/firmware';
import { fourierFreeze } from '../../grade/fourier-freeze-index.ts';
import { RANGES_DEFAULT } from '../readings.ts';

const SEED = 106;
const SLOTS = 2000;
const SAMPLES = 250;
const AXES = 3;
const COUNTS_PER_G = 16_384 / 2 ** RANGES_DEFAULT.accelRange;
/** Harmonics of the stride at the shank, in g (research note, 2.2). */
const HARMONICS_G = [0.42, 0.46, 0.34, 0.3, 0.24, 0.2, 0.16, 0.12, 0.1, 0.08] as const;
const TREMBLES = 3;
const NOISE_G = 0.1;
const NEAR_OCTAVES = 0.5;

const FREEZE = featureIndex('accelFreezeLog2');
const LOCOMOTION = featureIndex('accelLocomotionLog2');

/** A line: what the device's filters say of a slot whose spectrum says `x`, both log2 of the freeze index. */
export interface Line {
  slope: number;
  intercept: number;
}

/**
 * How the device's freeze index follows from the published one. Moore and Bächlin divide sums of a power spectrum, cut
 * sharply at 3 Hz (here of a Hann window); the device has two filters of the second order, which let through some of each
 * other's band and so draw the index towards 1. Measured on made-up legs that walk and tremble in all proportions, by least squares within half an
 * octave of `around`, where it matters: an instrument against its reference. No recording is in it.
 */
export function deviceFreezeIndex(around: number): Line {
  const aroundLog2 = Math.log2(around);
  const extractor = new FeatureExtractor(RANGES_DEFAULT.accelRange);
  const values = new Int32Array(FEATURE_FIELDS.length);
  const points = Array.from({ length: SLOTS }, (_, slot) => {
    const samples = madeUpLeg(slot);
    extractor.extract(samples, values);
    return {
      x: Math.log2(fourierFreeze(samples, COUNTS_PER_G).score),
      y: (values[FREEZE]! - values[LOCOMOTION]!) / 256,
    };
  }).filter(({ x }) => Math.abs(x - aroundLog2) < NEAR_OCTAVES);
  const meanOf = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [meanOf((point) => point.x), meanOf((point) => point.y)];
  const slope = meanOf((point) => (point.x - x) * (point.y - y)) / meanOf((point) => (point.x - x) ** 2);
  return { slope, intercept: y - slope * x };
}

/** Steps of any strength, trembling of any strength at 3.2-6.2 Hz, and noise. */
function madeUpLeg(slot: number): Int16Array {
  const draw = (sub: number): number => uniform(SEED, 1, slot, sub);
  const cadence = 80 + 50 * draw(0);
  const stepping = 0.6 * Math.exp(1.5 * (draw(1) - 0.6));
  const trembling = 0.3 * Math.exp(3 * (draw(2) - 0.6));
  const hz = Array.from(
    { length: TREMBLES },
    (_, i) => (3.2 + 3 * draw(3)) * (1 + 0.4 * (draw(4 + i) - 0.5)),
  );
  const direction = (of: number, axis: number): number => normal(SEED, 2 + axis, slot, of) / Math.sqrt(AXES);
  const samples = new Int16Array(SAMPLES * 6);
  let stride = 2 * Math.PI * draw(7);
  for (let i = 0; i < SAMPLES; i++) {
    stride += ((Math.PI * cadence) / 60 / SAMPLE_RATE_HZ) * (1 + 0.05 * normal(SEED, 5, slot, i));
    for (let axis = 0; axis < AXES; axis++) {
      let g = NOISE_G * normal(SEED, 6 + axis, slot, i);
      HARMONICS_G.forEach((strength, h) => {
        const phase = 2 * Math.PI * draw(20 + h);
        g += stepping * strength * direction(h, axis) * Math.cos((h + 1) * stride + phase);
      });
      hz.forEach((each, k) => {
        const phase = 2 * Math.PI * (draw(8 + k) + (each * i) / SAMPLE_RATE_HZ);
        g += trembling * direction(HARMONICS_G.length + k, axis) * Math.cos(phase);
      });
      samples[i * 6 + axis] = Math.round(COUNTS_PER_G * g);
    }
  }
  return samples;
}

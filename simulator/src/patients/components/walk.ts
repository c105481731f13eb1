import { normal, uniform } from '@gaitway/contract';
import { PATIENT_STREAM } from '../traits.ts';
import { type MotionBuffer, SECONDS_PER_SAMPLE } from './motion-buffer.ts';
import { Drift, randomDirection } from './noise.ts';

/** Harmonics of the stride in the wrist's acceleration, in g (research note, 2.2; calibrated there on real walks). */
const HARMONICS_G = [0.1, 0.17, 0.06, 0.08, 0.04, 0.04, 0.03, 0.02, 0.015, 0.01] as const;
const HEEL_IMPACT_G = 0.15;
const HEEL_HZ = 13;
const HEEL_DECAY_PER_SAMPLE = 0.62;

/**
 * Walking, as a wrist feels it: the stride's harmonics, heel strikes twice a stride, the swing of the arm once
 * a stride, and what is in between. `slowness` 0-3 makes the strides uneven.
 */
export function addWalk(
  into: MotionBuffer,
  seed: number,
  cadence: number,
  swingDegPerSecond: number,
  slowness: number,
): void {
  const stream = PATIENT_STREAM.walk;
  const directions = HARMONICS_G.map((_, h) => randomDirection(seed, stream, 20 + h));
  const phases = HARMONICS_G.map((_, h) => 2 * Math.PI * uniform(seed, stream, 2, h));
  const strength = Math.exp(0.25 * normal(seed, stream, 3)) * (1 - 0.12 * slowness);
  const swingAxis = randomDirection(seed, stream, 40);
  const heel = randomDirection(seed, stream, 41);
  const pace = new Drift(seed, stream, 42, 0.03 + 0.033 * slowness, 0.5);
  const rough = [43, 44, 45].map((sub) => new Drift(seed, stream, sub, 0.04, 0.04));
  const turns = [46, 47, 48].map((sub) => new Drift(seed, stream, sub, 8, 0.15));
  let stride = 2 * Math.PI * uniform(seed, stream, 4);
  let ring = 0;
  let ringPhase = 0;
  for (let sample = 0; sample < into.samples; sample++) {
    const before = stride;
    stride += ((Math.PI * cadence) / 60) * (1 + pace.next()) * SECONDS_PER_SAMPLE;
    if (Math.floor(stride / Math.PI) > Math.floor(before / Math.PI)) {
      ring = HEEL_IMPACT_G * strength * Math.exp(0.4 * normal(seed, stream, sample, 5));
      ringPhase = 0;
    }
    for (let h = 0; h < HARMONICS_G.length; h++) {
      const amount = strength * HARMONICS_G[h]! * Math.cos((h + 1) * stride + phases[h]!);
      into.accelerate(sample, directions[h]!, amount);
    }
    into.accelerate(sample, heel, ring * Math.cos(ringPhase));
    ring *= HEEL_DECAY_PER_SAMPLE;
    ringPhase += 2 * Math.PI * HEEL_HZ * SECONDS_PER_SAMPLE;
    into.rotate(sample, swingAxis, swingDegPerSecond * Math.SQRT2 * Math.cos(stride));
    for (let axis = 0; axis < 3; axis++) {
      into.values[sample * 6 + axis]! += rough[axis]!.next();
      into.values[sample * 6 + 3 + axis]! += turns[axis]!.next();
    }
  }
}

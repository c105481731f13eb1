import { PATIENT_STREAM } from '../traits.ts';
import type { MotionBuffer } from './motion-buffer.ts';
import { Drift } from './noise.ts';

/** The quietest windows of a real watch turn at 0.4-0.5 deg/s rms: a living hand, not the sensor (research note, 2.1). */
const SHAKE_DEG_PER_SECOND = 0.25;
const SLOW_DEG_PER_SECOND = 0.6;
const ACCEL_G = 0.0015;

/**
 * What a limb does that does nothing: slow drift, breathing and a physiological shake, in all directions. `stirring`
 * scales the slow part (1: lies on the lap).
 */
export function addLivingLimb(into: MotionBuffer, seed: number, stirring: number): void {
  const stream = PATIENT_STREAM.hand;
  const drifts = [
    ...[3, 4, 5].map((sub) => new Drift(seed, stream, sub, ACCEL_G * stirring, 0.2)),
    ...[6, 7, 8].map((sub) => new Drift(seed, stream, sub, SHAKE_DEG_PER_SECOND, 0.03)),
    ...[9, 10, 11].map((sub) => new Drift(seed, stream, sub, SLOW_DEG_PER_SECOND * stirring, 0.3)),
  ];
  const { values, samples } = into;
  for (let sample = 0; sample < samples; sample++) {
    const at = sample * 6;
    for (let axis = 0; axis < 3; axis++) {
      values[at + axis]! += drifts[axis]!.next();
      values[at + 3 + axis]! += drifts[axis + 3]!.next() + drifts[axis + 6]!.next();
    }
  }
}

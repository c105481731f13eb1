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
  const { values } = into;
  for (let axis = 0; axis < 3; axis++) {
    new Drift(seed, stream, 3 + axis, ACCEL_G * stirring, 0.2).addTo(values, axis);
    new Drift(seed, stream, 6 + axis, SHAKE_DEG_PER_SECOND, 0.03).addTo(values, 3 + axis);
    new Drift(seed, stream, 9 + axis, SLOW_DEG_PER_SECOND * stirring, 0.3).addTo(values, 3 + axis);
  }
}

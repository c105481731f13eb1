import { normal, SAMPLE_RATE_HZ, uniform } from '@gaitway/contract';
import { PATIENT_STREAM } from '../traits.ts';
import type { MotionBuffer } from './motion-buffer.ts';
import { Drift, randomDirection } from './noise.ts';

/** Of one usual movement, at its peak (research note, 2.2). */
const REACH_G = 0.16;
const TURN_DEG_PER_SECOND = 75;

/**
 * Hands that do something: about six sub-movements in 5 s of 0.4-1.6 s, each with the bell-shaped speed
 * 16 u^2 (1 - u)^2 of a minimum-jerk reach (Flash and Hogan 1985), over restless arms.
 */
export function addDailyActivity(into: MotionBuffer, seed: number, liveliness: number): void {
  const stream = PATIENT_STREAM.daily;
  const seconds = into.samples / SAMPLE_RATE_HZ;
  const movements = Math.max(1, Math.round((0.4 + 1.6 * uniform(seed, stream, 0)) * seconds));
  for (let movement = 0; movement < movements; movement++) {
    const length = Math.round((0.4 + 1.2 * uniform(seed, stream, 1, movement)) * SAMPLE_RATE_HZ);
    const from = Math.floor(uniform(seed, stream, 2, movement) * (into.samples + length)) - length;
    const strength = liveliness * Math.exp(0.5 * normal(seed, stream, 3, movement));
    const reach = randomDirection(seed, stream, 100 + movement);
    const turn = randomDirection(seed, stream, 200 + movement);
    for (let i = Math.max(0, -from); i < length && from + i < into.samples; i++) {
      const u = i / length;
      const speed = 16 * u * u * (1 - u) * (1 - u);
      // The acceleration of a reach changes its sign half way.
      into.accelerate(from + i, reach, strength * REACH_G * 5 * u * (1 - u) * (1 - 2 * u));
      into.rotate(from + i, turn, strength * TURN_DEG_PER_SECOND * speed);
    }
  }
  for (let axis = 0; axis < 3; axis++) {
    new Drift(seed, stream, 50 + axis, 0.03 * liveliness, 0.1).addTo(into.values, axis);
    new Drift(seed, stream, 53 + axis, 6 * liveliness, 0.25).addTo(into.values, 3 + axis);
  }
}

import { PATIENT_STREAM } from '../traits.ts';
import type { MotionBuffer } from './motion-buffer.ts';
import { Drift, randomDirection } from './noise.ts';

/** The quietest windows of a real watch turn at 0.4-0.5 deg/s rms: a living hand, not the sensor (research note, 2.1). */
const HAND_DEG_PER_SECOND = 0.25;

/**
 * Gravity, which turns a little as the arm does, and what a hand does that does nothing: slow drift, breathing
 * and a physiological shake. `stirring` scales the slow part (1: lies on the lap).
 */
export function addLivingHand(into: MotionBuffer, seed: number, stirring: number): void {
  const up = randomDirection(seed, PATIENT_STREAM.hand, 2);
  const turns = [3, 4, 5].map((sub) => new Drift(seed, PATIENT_STREAM.hand, sub, 0.02 * stirring, 1.2));
  const shakes = [6, 7, 8].map((sub) => new Drift(seed, PATIENT_STREAM.hand, sub, HAND_DEG_PER_SECOND, 0.03));
  const slow = [9, 10, 11].map((sub) => new Drift(seed, PATIENT_STREAM.hand, sub, 0.6 * stirring, 0.3));
  for (let sample = 0; sample < into.samples; sample++) {
    const at = sample * 6;
    for (let axis = 0; axis < 3; axis++) {
      into.values[at + axis]! += up[axis]! + turns[axis]!.next();
      into.values[at + 3 + axis]! += shakes[axis]!.next() + slow[axis]!.next();
    }
  }
}

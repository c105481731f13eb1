import { PATIENT_STREAM } from '../traits.ts';
import { type MotionBuffer, SECONDS_PER_SAMPLE } from './motion-buffer.ts';
import { Drift, randomDirection } from './noise.ts';

const RADIANS = Math.PI / 180;
const GRAVITY = 9.81;

export interface Oscillation {
  /** Half of peak to peak. */
  amplitudeDeg: number;
  hz: number;
  /** Standard deviation of the frequency's slow changes, Hz. */
  hzDrift: number;
  /** From the axis of turning to the sensor, m. */
  leverMetres: number;
}

/**
 * A limb that swings to and fro: phi' = 2 pi (f + drift), theta = A e^drift (cos phi + 0.12 cos 2 phi);
 * rotation theta', acceleration g sin theta + r theta'' (research note, 2.2). Phase and axis are the take's.
 */
export function addOscillation(into: MotionBuffer, seed: number, oscillation: Oscillation): void {
  const { amplitudeDeg, hz, hzDrift, leverMetres } = oscillation;
  const stream = PATIENT_STREAM.tremor;
  const axis = randomDirection(seed, stream, 2);
  const along = randomDirection(seed, stream, 3);
  const frequency = new Drift(seed, stream, 4, hzDrift, 1);
  const strength = new Drift(seed, stream, 5, 0.3, 1.5);
  let phase = 2 * Math.PI * (axis[0] + 1);
  for (let sample = 0; sample < into.samples; sample++) {
    const omega = 2 * Math.PI * (hz + frequency.next());
    phase += omega * SECONDS_PER_SAMPLE;
    const amplitude = amplitudeDeg * Math.exp(strength.next());
    const angle = amplitude * (Math.cos(phase) + 0.12 * Math.cos(2 * phase));
    const rate = -amplitude * omega * (Math.sin(phase) + 0.24 * Math.sin(2 * phase));
    const bend = -amplitude * RADIANS * omega * omega * (Math.cos(phase) + 0.48 * Math.cos(2 * phase));
    into.rotate(sample, axis, rate);
    into.accelerate(sample, along, Math.sin(angle * RADIANS) + (leverMetres * bend) / GRAVITY);
  }
}

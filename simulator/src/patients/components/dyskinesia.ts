import { uniform } from '@gaitway/contract';
import { PATIENT_STREAM } from '../traits.ts';
import { type MotionBuffer, SECONDS_PER_SAMPLE } from './motion-buffer.ts';
import { Drift, randomDirection } from './noise.ts';

/** Amplitude in g at a rating of 0, and what a rotation has of it in deg/s for each g (research note, 2.2). */
const G_AT_NONE = 0.02;
const DEG_PER_SECOND_PER_G = 220;
const OSCILLATORS = 3;
/** Arms writhe no further than they reach: the logarithm of the strength ends here. */
const STRENGTH_MOST = 0.9;

/** Writhing: three unsteady oscillations of 1-3.6 Hz about any axis; ten times as strong for every 3.3 points of AIMS. */
export function addDyskinesia(into: MotionBuffer, seed: number, rating: number, scale = 1): void {
  const stream = PATIENT_STREAM.dyskinesia;
  const amplitudeG = scale * G_AT_NONE * 10 ** (0.3 * rating);
  for (let oscillator = 0; oscillator < OSCILLATORS; oscillator++) {
    const sub = 10 * oscillator;
    const hz = 1 + 2.6 * uniform(seed, stream, 0, oscillator);
    const frequency = new Drift(seed, stream, sub + 1, 0.6, 0.5);
    const strength = new Drift(seed, stream, sub + 2, 0.6, 1.5);
    const axis = randomDirection(seed, stream, sub + 3);
    const along = randomDirection(seed, stream, sub + 4);
    let phase = 2 * Math.PI * uniform(seed, stream, 1, oscillator);
    for (let sample = 0; sample < into.samples; sample++) {
      phase += 2 * Math.PI * Math.max(0.3, hz + frequency.next()) * SECONDS_PER_SAMPLE;
      const amount = amplitudeG * Math.exp(Math.min(STRENGTH_MOST, strength.next()));
      into.accelerate(sample, along, amount * Math.cos(phase));
      into.rotate(sample, axis, DEG_PER_SECOND_PER_G * amount * Math.sin(phase));
    }
  }
}

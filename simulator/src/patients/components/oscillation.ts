import { uniform } from '@gaitway/contract';
import { PATIENT_STREAM } from '../traits.ts';
import { seenAfterTurn } from './direction.ts';
import { type MotionBuffer, SECONDS_PER_SAMPLE } from './motion-buffer.ts';
import { type Direction, Drift, randomDirection } from './noise.ts';

const RADIANS = Math.PI / 180;
const GRAVITY = 9.81;

/** A limb swings no further than it can: the logarithm of the strength ends here. */
const STRENGTH_MOST = 0.25;

/**
 * A limb that swings hits nothing: above 1 g its acceleration grows less and less, up to 1.7 g. Otherwise the strongest tremors would pass
 * the 3 g of a fall (design; no recording here has a strong one).
 */
const PLAIN_G = 1;
const KNEE_G = 0.7;

function bearable(g: number): number {
  const above = Math.abs(g) - PLAIN_G;
  return above <= 0 ? g : Math.sign(g) * (PLAIN_G + KNEE_G * Math.tanh(above / KNEE_G));
}

/** What turns about other axes comes back within about this time: a limb that trembles stays where it is. */
const WANDER_SECONDS = 0.2;

export interface Oscillation {
  /** Half of peak to peak. */
  amplitudeDeg: number;
  hz: number;
  /** Standard deviation of the frequency's changes, Hz. */
  hzDrift: number;
  /** Of the logarithm of the strength. */
  strengthDrift: number;
  /** How much of it turns about other axes without any rhythm, as a share of its rotation. */
  irregular: number;
  /** From the axis of turning to the sensor, m. */
  leverMetres: number;
}

/**
 * A limb that swings to and fro: phi' = 2 pi (f + drift), theta = A e^drift (cos phi + h cos 2 phi); rotation theta',
 * acceleration r theta'' besides gravity, which turns with it (research note, 2.2). Phase, axis and h are the
 * take's. It swings about where it is: returns where `up` is at the beginning. A rhythm alone is too clean: real wrists hold 0.4 of the power of 0.5-15 Hz within 0.4 Hz of the peak, not 0.9.
 */
export function addOscillation(
  into: MotionBuffer,
  seed: number,
  oscillation: Oscillation,
  up: Direction,
): Direction {
  const { amplitudeDeg, hz, hzDrift, strengthDrift, irregular, leverMetres } = oscillation;
  const stream = PATIENT_STREAM.tremor;
  const axis = randomDirection(seed, stream, 2);
  const along = randomDirection(seed, stream, 3);
  const frequency = new Drift(seed, stream, 4, hzDrift, 0.5);
  const strength = new Drift(seed, stream, 5, strengthDrift, 1);
  const rms = (amplitudeDeg * 2 * Math.PI * hz) / Math.SQRT2;
  const harmonic = 0.05 + 0.1 * uniform(seed, stream, 6);
  let phase = 2 * Math.PI * uniform(seed, stream, 10);
  let startDeg = 0;
  let before = 0;
  for (let sample = 0; sample < into.samples; sample++) {
    const omega = 2 * Math.PI * Math.max(0.5, hz + frequency.next());
    phase += omega * SECONDS_PER_SAMPLE;
    const cos = Math.cos(phase);
    const cos2 = Math.cos(2 * phase);
    const amplitude = amplitudeDeg * Math.exp(Math.min(STRENGTH_MOST, strength.next()));
    // Without what a changing amplitude turns, the limb would drift away from where it is.
    const growth = sample === 0 ? 0 : (amplitude - before) / SECONDS_PER_SAMPLE;
    if (sample === 0) startDeg = amplitude * (cos + harmonic * cos2);
    before = amplitude;
    const rate =
      growth * (cos + harmonic * cos2) -
      amplitude * omega * (Math.sin(phase) + 2 * harmonic * Math.sin(2 * phase));
    const bend = -amplitude * RADIANS * omega * omega * (cos + 4 * harmonic * cos2);
    into.rotate(sample, axis, rate);
    into.accelerate(sample, along, bearable((leverMetres * bend) / GRAVITY));
  }
  for (let other = 0; other < 3; other++) {
    const wander = new Drift(seed, stream, 7 + other, (rms * irregular) / Math.sqrt(3), 0.035);
    let mean = 0;
    for (let sample = 0; sample < into.samples; sample++) {
      const turn = wander.next();
      mean += (turn - mean) * (SECONDS_PER_SAMPLE / WANDER_SECONDS);
      into.values[sample * 6 + 3 + other]! += turn - mean;
    }
  }
  return seenAfterTurn(up, axis, startDeg);
}

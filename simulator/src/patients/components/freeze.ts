import { normal, Placement, uniform } from '@gaitway/contract';
import { PATIENT_STREAM } from '../traits.ts';
import type { Envelope } from './envelope.ts';
import { type MotionBuffer, SECONDS_PER_SAMPLE } from './motion-buffer.ts';
import { Drift, randomDirection } from './noise.ts';

/** Trembling in place, g: at the shank calibrated on real freezes, at the wrist what reaches it (research note, 2.2). */
const SHANK_G = 0.5;
const WRIST_G = 0.07;
const SPREAD = 0.45;
const OSCILLATORS = 3;
const DEG_PER_SECOND_PER_G = 60;

/**
 * Knees that tremble while the feet stick: three unsteady oscillations around `hz`, and noise half as strong. An
 * akinetic freeze has none of it: what is left is a limb that does nothing.
 */
export function addTrembling(
  into: MotionBuffer,
  seed: number,
  placement: Placement,
  hz: number,
  envelope: Envelope,
): void {
  const stream = PATIENT_STREAM.freeze;
  const usual = placement === Placement.shank ? SHANK_G : WRIST_G;
  const amplitudeG = usual * Math.exp(SPREAD * normal(seed, stream, 1));
  for (let oscillator = 0; oscillator < OSCILLATORS; oscillator++) {
    const ownHz = hz - 0.3 + 0.8 * normal(seed, stream, 5, oscillator);
    const frequency = new Drift(seed, stream, 10 + oscillator, 1, 0.5);
    const strength = new Drift(seed, stream, 20 + oscillator, 0.4, 0.6);
    const along = randomDirection(seed, stream, 30 + oscillator);
    const axis = randomDirection(seed, stream, 40 + oscillator);
    let phase = 2 * Math.PI * uniform(seed, stream, 6, oscillator);
    for (let sample = 0; sample < into.samples; sample++) {
      phase += 2 * Math.PI * Math.max(1, ownHz + frequency.next()) * SECONDS_PER_SAMPLE;
      const logStrength = strength.next();
      const share = envelope[sample]!;
      if (share === 0) continue;
      const amount = share * amplitudeG * Math.exp(logStrength);
      into.accelerate(sample, along, amount * Math.cos(phase));
      into.rotate(sample, axis, DEG_PER_SECOND_PER_G * amount * Math.sin(phase));
    }
  }
  for (let axis = 0; axis < 3; axis++) {
    const rough = new Drift(seed, stream, 2 + axis, amplitudeG / 2 / Math.sqrt(3), 0.03);
    rough.addTo(into.values, axis, 0, envelope);
  }
}

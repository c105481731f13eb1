import { normal, SAMPLE_RATE_HZ, uniform } from '@gaitway/contract';
import { evenly } from '../cohort.ts';
import { PATIENT_STREAM } from '../traits.ts';
import type { MotionBuffer } from './motion-buffer.ts';
import { type Direction, randomDirection } from './noise.ts';

/** A blow rings at this frequency for 60-100 ms (research note, 2.2). */
const RING_HZ = 13;
const RING_DECAY_PER_SAMPLE = 0.55;
const RING_SAMPLES = 7;

/** A blow's samples add up to so many times its peak. */
const BLOW_SAMPLES = Array.from(
  { length: RING_SAMPLES },
  (_, i) => RING_DECAY_PER_SAMPLE ** i * Math.cos((2 * Math.PI * RING_HZ * i) / SAMPLE_RATE_HZ),
).reduce((sum, share) => sum + share, 0);

/**
 * In which part of its slot a blow lies that may be taken for a fall: the two seconds before it and behind it, which are what the device
 * compares, are then of the same take. In real life somebody knocks on a table whose arm already lies there, too.
 */
export const IMPACT_AT = [2 / 5, 3 / 5] as const;

/** A blow of `peakG` at one sample, and its ringing. */
export function addBlow(into: MotionBuffer, at: number, along: Direction, peakG: number): void {
  let amount = peakG;
  for (let i = 0; i < RING_SAMPLES && at + i < into.samples; i++) {
    if (at + i >= 0)
      into.accelerate(at + i, along, amount * Math.cos((2 * Math.PI * RING_HZ * i) / SAMPLE_RATE_HZ));
    amount *= RING_DECAY_PER_SAMPLE;
  }
}

/** A turn by `degrees` from one sample to another, in half a sine. */
export function addTurn(
  into: MotionBuffer,
  from: number,
  samples: number,
  axis: Direction,
  degrees: number,
): void {
  const seconds = samples / SAMPLE_RATE_HZ;
  const peak = (degrees * Math.PI) / (2 * seconds);
  for (let i = Math.max(0, -from); i < samples && from + i < into.samples; i++) {
    into.rotate(from + i, axis, peak * Math.sin((Math.PI * (i + 0.5)) / samples));
  }
}

/** A fist on a table: 2-6 g in one blow, once or twice, and the hand lies where it lay (research note, 2.4). */
export function addKnock(into: MotionBuffer, seed: number, knocks: number, scale: number): void {
  const stream = PATIENT_STREAM.impact;
  const apart = (0.35 + 0.15 * uniform(seed, stream, 1, 1)) / 5;
  const [earliest, latest] = IMPACT_AT;
  const first = evenly([earliest, latest - (knocks - 1) * apart], uniform(seed, stream, 1, 0));
  for (let knock = 0; knock < knocks; knock++) {
    const at = Math.floor((first + knock * apart) * into.samples);
    const peakG = 3.2 * Math.exp(0.35 * normal(seed, stream, 2, knock));
    const axis = randomDirection(seed, stream, 3 + knock);
    // The fist is lifted and comes down again.
    const degrees = 12 + 10 * uniform(seed, stream, 4, knock);
    addTurn(into, at - 20, 12, axis, scale * degrees);
    addTurn(into, at - 8, 8, axis, -scale * degrees);
    addBlow(into, at, randomDirection(seed, stream, 13 + knock), scale * peakG);
  }
}

/** Hands that clap 2-4 times a second, 1-4 g a clap (research note, 2.4), in one part of the slot; each body in its own way. */
export function addClapping(
  into: MotionBuffer,
  seed: number,
  body: number,
  scale: number,
  [fromShare, toShare]: readonly [number, number],
): void {
  const stream = PATIENT_STREAM.impact;
  const [from, to] = [fromShare * into.samples, toShare * into.samples];
  const every = SAMPLE_RATE_HZ / (2 + 2 * uniform(seed, stream, 5));
  const swing = (60 + 90 * uniform(seed, stream, 6)) * scale;
  const axis = randomDirection(body, stream, 23);
  const along = randomDirection(body, stream, 24);
  const usualG = 1.7 * Math.exp(0.3 * normal(seed, stream, 7));
  let last = every * (uniform(seed, stream, 8) - 1);
  for (let clap = 0; last < into.samples; clap++) {
    const next = last + every * Math.exp(0.08 * normal(seed, stream, 9, clap));
    const claps = Math.round(next) >= from && next < to;
    const peakG = scale * usualG * Math.exp(0.25 * normal(seed, stream, 10, clap));
    for (let i = Math.max(0, Math.ceil(last)); claps && i < Math.min(next, into.samples); i++) {
      into.rotate(i, axis, swing * Math.sin((2 * Math.PI * (i - last)) / (next - last)));
      // What stops a hand has been its speed before.
      into.accelerate(i, along, (-BLOW_SAMPLES * peakG) / (next - last));
    }
    if (claps) addBlow(into, Math.round(next), along, peakG);
    last = next;
  }
}

import { normal, Placement, SAMPLE_RATE_HZ, uniform } from '@gaitway/contract';
import { evenly } from '../cohort.ts';
import { PATIENT_STREAM } from '../traits.ts';
import { across } from './direction.ts';
import { addBlow, addTurn, IMPACT_AT } from './impact.ts';
import type { MotionBuffer } from './motion-buffer.ts';
import { type Direction, randomDirection } from './noise.ts';

/** Of those who drop into a chair, how many knock an arm against it. */
const ARM_REST_SHARE = 0.05;

/** Dropping into a chair: a moment of falling, 1.4 g at the seat, some tilt (research note, 2.4). */
export function addChairDrop(into: MotionBuffer, seed: number, placement: Placement, up: Direction): void {
  const stream = PATIENT_STREAM.impact;
  const isShank = placement === Placement.shank;
  const at = Math.floor(evenly(IMPACT_AT, uniform(seed, stream, 30)) * into.samples);
  const fallSamples = Math.round((0.2 + 0.2 * uniform(seed, stream, 31)) * SAMPLE_RATE_HZ);
  for (let i = 0; i < fallSamples; i++) {
    const sample = at - fallSamples + i;
    if (sample >= 0) into.accelerate(sample, up, -0.45 * Math.sin((Math.PI * i) / fallSamples));
  }
  const degrees = Math.max(0, (isShank ? 14 : 30) + (isShank ? 9 : 18) * normal(seed, stream, 32));
  const turnSamples = Math.round((0.6 + 0.6 * uniform(seed, stream, 33)) * SAMPLE_RATE_HZ);
  addTurn(into, at - turnSamples, turnSamples, across(up, randomDirection(seed, stream, 34)), degrees);
  addBlow(into, at, up, 0.5 * Math.exp(0.5 * normal(seed, stream, 35)));
  if (!isShank && uniform(seed, stream, 36) < ARM_REST_SHARE) {
    addBlow(into, at + 3, randomDirection(seed, stream, 37), 2.2 * Math.exp(0.3 * normal(seed, stream, 38)));
  }
}

/** Lying down within 1-2 s: 60-110 degrees and no blow (research note, 2.4). */
export function addLyingDown(into: MotionBuffer, seed: number, up: Direction): void {
  const stream = PATIENT_STREAM.impact;
  const samples = Math.round((1 + uniform(seed, stream, 40)) * SAMPLE_RATE_HZ);
  const from = Math.floor((0.1 + 0.4 * uniform(seed, stream, 41)) * into.samples);
  const degrees = 60 + 50 * uniform(seed, stream, 42);
  addTurn(into, from, samples, across(up, randomDirection(seed, stream, 43)), degrees);
  addBlow(into, from + samples, randomDirection(seed, stream, 44), 0.15 + 0.3 * uniform(seed, stream, 45));
}

/** Turning over in bed. */
export function addTurningOver(into: MotionBuffer, seed: number, up: Direction): void {
  const stream = PATIENT_STREAM.impact;
  const samples = Math.round((1.2 + 1.5 * uniform(seed, stream, 50)) * SAMPLE_RATE_HZ);
  const from = Math.floor((0.05 + 0.4 * uniform(seed, stream, 51)) * into.samples);
  const degrees = 40 + 80 * uniform(seed, stream, 52);
  addTurn(into, from, samples, across(up, randomDirection(seed, stream, 53)), degrees);
}

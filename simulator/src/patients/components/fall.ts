import { hash32, normal, type Placement, SAMPLE_RATE_HZ, uniform } from '@gaitway/contract';
import { PATIENT_STREAM } from '../traits.ts';
import { upOf } from './attitude.ts';
import { across, seenAfterTurn } from './direction.ts';
import { addBlow, addTurn } from './impact.ts';
import type { MotionBuffer } from './motion-buffer.ts';
import { type Direction, Drift, randomDirection } from './noise.ts';

/** How somebody is turned by a fall, and so how they lie after it. */
export interface FallGeometry {
  /** Before. */
  up: Direction;
  axis: Direction;
  degrees: number;
  /** After. */
  upLying: Direction;
}

/**
 * Falls of WEDA-FALL at the wrist, p10 / p50 / p90 (research note, 1.6): peak 3.6 / 5.0 / 6.1 g, least in the second
 * before 0.21 / 0.49 / 0.82 g, rotation 425 / 625 / 1052 deg/s, tilt 42 / 79 / 123 degrees, movement after it
 * 0.02 / 0.07 / 0.22 g. A tenth lies 1.28 standard deviations from the median; where the two sides differ, each has its own.
 */
const Z = 1.2816;
const PEAK_G = [3.6, 5, 6.1] as const;
const LEAST_G = [0.21, 0.49, 0.82] as const;
const GYRO_DEG_PER_SECOND = [425, 625, 1052] as const;
const TILT_DEG = [42, 79, 123] as const;
const AFTER_G = [0.02, 0.07, 0.22] as const;

/**
 * In which part of its slot the impact lies: the fall itself, half a second at most, is in the slot, and so is the blow. Who lies
 * after it lies so in the next slot, too.
 */
export const FALL_AT = [1.4 / 5, 4.8 / 5] as const;

type Tenths = readonly [p10: number, p50: number, p90: number];

function linear([p10, p50, p90]: Tenths, z: number): number {
  return p50 + (z / Z) * (z < 0 ? p50 - p10 : p90 - p50);
}

function logarithmic(tenths: Tenths, z: number): number {
  return Math.exp(linear(tenths.map(Math.log) as unknown as Tenths, z));
}

/** A body's take of a fall; `variant` is the take's number, which the lying after it shares. */
export function fallGeometry(
  seed: number,
  variant: number,
  placement: Placement,
  body: number,
): FallGeometry {
  const own = hash32(seed, PATIENT_STREAM.fall, variant, placement);
  const up = upOf('upright', placement, body, own);
  const axis = across(up, randomDirection(own, PATIENT_STREAM.fall, 1));
  const degrees = Math.min(160, Math.max(15, linear(TILT_DEG, normal(own, PATIENT_STREAM.fall, 2))));
  return { up, axis, degrees, upLying: seenAfterTurn(up, axis, degrees) };
}

/** How much somebody moves who lies after a fall, g. */
export function movementAfterFall(take: number): number {
  return logarithmic(AFTER_G, normal(take, PATIENT_STREAM.fall, 3));
}

/** The fall itself: weightless for a moment, turning, the blow, and whatever movement is left. Returns the sample of its beginning. */
export function addFall(
  into: MotionBuffer,
  take: number,
  { up, axis, degrees }: FallGeometry,
  impact: number,
): number {
  const stream = PATIENT_STREAM.fall;
  const fallSamples = Math.round((0.25 + 0.25 * uniform(take, stream, 4)) * SAMPLE_RATE_HZ);
  const from = impact - fallSamples;
  const leastG = Math.min(0.95, Math.max(0.05, linear(LEAST_G, normal(take, stream, 5))));
  const turnSamples = fallSamples + 5;
  const turnPeak = (degrees * Math.PI) / (2 * (turnSamples / SAMPLE_RATE_HZ));
  const gyroPeak = logarithmic(GYRO_DEG_PER_SECOND, normal(take, stream, 6));
  // What the turn itself does not reach, arms do that fly: there and back again about the same axis, so that in the end
  // they turned nothing. T sin(x) + F sin(2x) is greatest near x = 0.3 pi.
  const flail = Math.max(0, (gyroPeak - 0.8 * turnPeak) / 0.95);
  /** Half of what the arms turn on the way, degrees. */
  const flailed = (flail * turnSamples) / SAMPLE_RATE_HZ / (2 * Math.PI);
  addTurn(into, from, turnSamples, axis, degrees);
  for (let i = 0; i < turnSamples; i++) {
    const sample = from + i;
    const share = (i + 0.5) / turnSamples;
    if (sample < 0 || sample >= into.samples) continue;
    into.rotate(sample, axis, flail * Math.sin(2 * Math.PI * share));
    if (i < fallSamples) {
      const turned =
        (degrees / 2) * (1 - Math.cos(Math.PI * share)) + flailed * (1 - Math.cos(2 * Math.PI * share));
      const weightless = -(1 - leastG) * Math.sin((Math.PI * (i + 0.5)) / fallSamples);
      into.accelerate(sample, seenAfterTurn(up, axis, turned), weightless);
    }
  }
  const peakG = logarithmic(PEAK_G, normal(take, stream, 8));
  addBlow(into, impact, randomDirection(take, stream, 9), peakG);
  addRestlessness(into, take, movementAfterFall(take), impact + 6);
  return from;
}

/** Somebody who lies and moves as they can, from one sample on. */
export function addRestlessness(into: MotionBuffer, take: number, movementG: number, from: number): void {
  const stream = PATIENT_STREAM.fall;
  const first = Math.max(0, from);
  for (let axis = 0; axis < 3; axis++) {
    new Drift(take, stream, 10 + axis, movementG / Math.sqrt(3), 0.15).addTo(into.values, axis, first);
    new Drift(take, stream, 13 + axis, 60 * movementG, 0.15).addTo(into.values, 3 + axis, first);
  }
}

import { normal, Placement, uniform } from '@gaitway/contract';
import { PATIENT_STREAM } from '../traits.ts';
import { seenAfterTurn } from './direction.ts';
import type { Envelope } from './envelope.ts';
import { type MotionBuffer, SECONDS_PER_SAMPLE } from './motion-buffer.ts';
import { type Direction, Drift, randomDirection } from './noise.ts';

/** What one place of the body feels of a stride. */
interface Gait {
  /** Harmonics of the stride in the acceleration, g; gravity that turns with the limb comes on top. */
  harmonicsG: readonly number[];
  /** How far the balance of low and high harmonics differs from take to take. */
  tilt: number;
  heelG: number;
  /** What is in between, g, and its spread between takes. */
  roughG: number;
  roughSpread: number;
  turnDegPerSecond: number;
}

/** Research note on inference, 2.2: there calibrated on real walks, with gravity's part in the first harmonics taken out here. */
const GAIT: Readonly<Record<'wrist' | 'shank', Gait>> = {
  wrist: {
    harmonicsG: [0.08, 0.16, 0.06, 0.08, 0.04, 0.04, 0.03, 0.02, 0.015, 0.01],
    tilt: 0.1,
    heelG: 0.15,
    roughG: 0.04,
    roughSpread: 0.3,
    turnDegPerSecond: 8,
  },
  shank: {
    harmonicsG: [0.12, 0.26, 0.28, 0.3, 0.25, 0.21, 0.17, 0.13, 0.1, 0.08],
    tilt: 0.17,
    heelG: 1.1,
    roughG: 0.19,
    roughSpread: 0.5,
    turnDegPerSecond: 18,
  },
};
/** The shank turns so fast in a usual stride, deg/s rms. */
const SHANK_SWING_DEG_PER_SECOND = 95;
const HEEL_HZ = 13;
const HEEL_DECAY_PER_SAMPLE = 0.62;
const HARMONIC_NUMBERS = 5;

export interface Walk {
  placement: Placement;
  cadence: number;
  swingDegPerSecond: number;
  strength: number;
  /** 0-3: makes the strides uneven. */
  slowness: number;
  /** How much of the walk is there, sample by sample; left out: all of it. */
  envelope?: Envelope;
}

/** One sample of all harmonics; `cos` and `sin` are those of the stride's angle x. */
function addHarmonics(
  values: Float64Array,
  at: number,
  table: Float64Array,
  amount: number,
  cos: number,
  sin: number,
): void {
  let x = values[at]!;
  let y = values[at + 1]!;
  let z = values[at + 2]!;
  // cos(h x) and sin(h x) by turning on from those of h - 1.
  let c = cos;
  let s = sin;
  for (let h = 0; h < table.length; h += HARMONIC_NUMBERS) {
    const g = amount * (table[h]! * c - table[h + 1]! * s);
    x += table[h + 2]! * g;
    y += table[h + 3]! * g;
    z += table[h + 4]! * g;
    const next = c * cos - s * sin;
    s = s * cos + c * sin;
    c = next;
  }
  values[at] = x;
  values[at + 1] = y;
  values[at + 2] = z;
}

/**
 * Walking: the stride's harmonics, heel strikes twice a stride, the swing of the limb once a stride, and what is
 * in between. Returns where `up` is when the walk is joined: the limb then stands where its swing has it.
 */
export function addWalk(into: MotionBuffer, seed: number, walk: Walk, up: Direction): Direction {
  const { placement, cadence, slowness, envelope } = walk;
  const stream = PATIENT_STREAM.walk;
  const isShank = placement === Placement.shank;
  const gait = GAIT[isShank ? 'shank' : 'wrist'];
  const balance = gait.tilt * normal(seed, stream, 7);
  const harmonics = gait.harmonicsG.map((g, h) => g * walk.strength * Math.exp(balance * (h - 3)));
  // Of each harmonic how much goes with the cosine and with the sine, and its direction: one row of numbers, as it is read for every sample.
  const table = new Float64Array(HARMONIC_NUMBERS * harmonics.length);
  harmonics.forEach((g, h) => {
    const phase = 2 * Math.PI * uniform(seed, stream, 2, h);
    const direction = randomDirection(seed, stream, 20 + h);
    table.set([g * Math.cos(phase), g * Math.sin(phase), ...direction], HARMONIC_NUMBERS * h);
  });
  const swing = isShank ? SHANK_SWING_DEG_PER_SECOND * walk.strength : walk.swingDegPerSecond;
  const swingAxis = randomDirection(seed, stream, 40);
  const heel = randomDirection(seed, stream, 41);
  const pace = new Drift(seed, stream, 42, 0.03 + 0.033 * slowness, 0.5);
  const roughG = gait.roughG * Math.exp(gait.roughSpread * normal(seed, stream, 8));
  const { values } = into;
  let stride = 2 * Math.PI * uniform(seed, stream, 4);
  // The integral of the swing's rate, sqrt(2) s cos(x), is sqrt(2) s sin(x) / x'.
  const swungDegrees =
    ((envelope?.[0] ?? 1) * swing * Math.SQRT2 * Math.sin(stride)) / ((Math.PI * cadence) / 60);
  let ring = 0;
  let ringPhase = 0;
  for (let sample = 0; sample < into.samples; sample++) {
    const before = stride;
    const amount = envelope === undefined ? 1 : envelope[sample]!;
    stride += ((Math.PI * cadence) / 60) * (1 + pace.next()) * SECONDS_PER_SAMPLE;
    if (Math.floor(stride / Math.PI) > Math.floor(before / Math.PI)) {
      ring = amount * gait.heelG * walk.strength * Math.exp(0.4 * normal(seed, stream, sample, 5));
      ringPhase = 0;
    }
    const cos = Math.cos(stride);
    if (amount !== 0) addHarmonics(values, 6 * sample, table, amount, cos, Math.sin(stride));
    into.accelerate(sample, heel, ring * Math.cos(ringPhase));
    ring *= HEEL_DECAY_PER_SAMPLE;
    ringPhase += 2 * Math.PI * HEEL_HZ * SECONDS_PER_SAMPLE;
    into.rotate(sample, swingAxis, amount * swing * Math.SQRT2 * cos);
  }
  for (let axis = 0; axis < 3; axis++) {
    new Drift(seed, stream, 43 + axis, roughG, 0.04).addTo(values, axis, 0, envelope);
    new Drift(seed, stream, 46 + axis, gait.turnDegPerSecond, 0.15).addTo(values, 3 + axis, 0, envelope);
  }
  return seenAfterTurn(up, swingAxis, swungDegrees);
}

import { hash32, normal, uniform } from '@gaitway/contract';
import { PATIENT_STREAM } from './traits.ts';

/** A class of slots of which the pool holds some takes: an activity and how strong it is. */
export interface Archetype {
  readonly state: 'rest' | 'daily' | 'walking';
  /** Rest: tremor 0-4. Daily: liveliness 0-2, 3 brushing. Walking: slowness 0-3. */
  readonly grade: number;
  readonly confounder: boolean;
}

const GRADES = { rest: 5, daily: 4, walking: 4 } as const;
const STATES = ['rest', 'daily', 'walking'] as const;

export const ARCHETYPES: readonly Archetype[] = STATES.flatMap((state) =>
  Array.from({ length: GRADES[state] }, (_, grade) => ({
    state,
    grade,
    confounder: state === 'daily' && grade === 3,
  })),
);

const FIRST = { rest: 0, daily: GRADES.rest, walking: GRADES.rest + GRADES.daily } as const;

export function archetypeIndex(state: Archetype['state'], grade: number): number {
  return FIRST[state] + grade;
}

/** How many takes the pool holds of each archetype and body. */
export const TAKES_PER_BODY = 6;

/** The numbers from which one take's signal is made. */
export interface Motion {
  /** Of a rest tremor; 0: none. */
  tremorAmplitudeDeg: number;
  tremorHz: number;
  /** Steps per minute; 0: not walking. */
  cadence: number;
  /** Arm swing in deg/s. */
  swingDegPerSecond: number;
  /** Daily activity: strength of movements against the usual. */
  liveliness: number;
  /** Brushing: frequency and strength; 0: none. */
  brushingHz: number;
}

/** Hand lever of the wrist in cm: how far the hand's tip lies from the axis of the tremor. */
const HAND_LEVER_CM = 20;

/** The seed of one take: everything random in its signal follows from it. */
export function takeSeed(seed: number, archetype: number, variant: number): number {
  return hash32(seed, PATIENT_STREAM.variant, archetype, variant);
}

/**
 * Ranges and laws: research note on inference, section 2.2. The tremor's amplitude comes from the rating,
 * TRS = 1.5 + 2 log10(peak-to-peak cm) (slope: Elble 2006), down to what is hardly seen; a body's
 * frequency and cadence are its own, so they come from its number and vary little from take to take.
 */
export function motionOf(seed: number, archetypeAt: number, variant: number): Motion {
  const { state, grade, confounder } = ARCHETYPES[archetypeAt]!;
  const body = Math.floor(variant / TAKES_PER_BODY);
  const take = takeSeed(seed, archetypeAt, variant);
  const vary = (sub: number): number => normal(take, PATIENT_STREAM.variant, sub);
  const motion: Motion = {
    tremorAmplitudeDeg: 0,
    tremorHz: 0,
    cadence: 0,
    swingDegPerSecond: 0,
    liveliness: 0,
    brushingHz: 0,
  };
  if (state === 'rest' && grade > 0) {
    const rating =
      grade === 1
        ? -0.5 + 1.5 * uniform(take, PATIENT_STREAM.variant, 1)
        : grade - uniform(take, PATIENT_STREAM.variant, 1);
    const peakToPeakCm = 10 ** ((rating - 1.5) / 2);
    motion.tremorAmplitudeDeg = ((peakToPeakCm / 2 / HAND_LEVER_CM) * 180) / Math.PI;
    const ownHz = 5 + 0.55 * normal(seed, PATIENT_STREAM.body, body, 2);
    motion.tremorHz = Math.min(6.4, Math.max(3.9, ownHz + 0.1 * vary(3)));
  } else if (state === 'walking') {
    const ownCadence = 104 - 4 * grade + 7 * normal(seed, PATIENT_STREAM.body, body, 4);
    motion.cadence = Math.min(130, Math.max(70, ownCadence + 3 * vary(5)));
    motion.swingDegPerSecond = 45 * Math.exp(0.4 * vary(6)) * (1 - 0.2 * grade);
  } else if (state === 'daily') {
    motion.liveliness = [0.4, 1, 1.8, 1][grade]! * Math.exp(0.4 * vary(7));
    if (confounder) motion.brushingHz = 3.5 + 2.2 * uniform(take, PATIENT_STREAM.variant, 8);
  }
  return motion;
}

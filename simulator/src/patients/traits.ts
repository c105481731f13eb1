import { hash32, uniform } from '@gaitway/contract';

/** Streams of randomness of the patients: one number each, so that no two draws share an argument list. */
export const PATIENT_STREAM = {
  traits: 0x74726169,
  activity: 0x61637469,
  bout: 0x626f7574,
  choice: 0x63686f69,
  body: 0x626f6479,
  variant: 0x76617269,
  sensor: 0x73656e73,
  noise: 0x6e6f6973,
  hand: 0x68616e64,
  tremor: 0x7472656d,
  walk: 0x77616c6b,
  daily: 0x6461696c,
} as const;

/** Kinds of bodies (tremor frequency, cadence, how the watch sits) that the pool tells apart. */
export const BODY_BINS = 8;

/** What stays the same of one patient for the whole run. */
export interface PatientTraits {
  /** Rest tremor, 0 (none) to 4, in the grades of the slots. */
  tremorGrade: number;
  /** Slowness of gait and arm swing, 0 to 3. */
  slownessGrade: number;
  /** Which of {@link BODY_BINS}. */
  body: number;
}

/** About a third of people with Parkinson's have no rest tremor; the rest is spread over mild to severe. */
const TREMOR_SHARES = [0.3, 0.55, 0.78, 0.92, 1] as const;
const SLOWNESS_SHARES = [0.3, 0.6, 0.85, 1] as const;

function gradeOf(shares: readonly number[], draw: number): number {
  return shares.findIndex((share) => draw < share);
}

export function traitsOf(seed: number, patientIndex: number): PatientTraits {
  return {
    tremorGrade: gradeOf(TREMOR_SHARES, uniform(seed, PATIENT_STREAM.traits, patientIndex, 0)),
    slownessGrade: gradeOf(SLOWNESS_SHARES, uniform(seed, PATIENT_STREAM.traits, patientIndex, 1)),
    body: hash32(seed, PATIENT_STREAM.traits, patientIndex, 2) % BODY_BINS,
  };
}

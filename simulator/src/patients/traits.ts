import { hash32, Placement, uniform } from '@gaitway/contract';
import { COHORT_DEFAULT, type Cohort, evenly } from './cohort.ts';

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
  dose: 0x646f7365,
  freeze: 0x66726565,
  fall: 0x66616c6c,
  dyskinesia: 0x64797363,
  impact: 0x696d7061,
  heart: 0x68656172,
} as const;

/** Kinds of bodies (tremor frequency, cadence, how the device sits, its sensor) that the pool tells apart. */
export const BODY_BINS = 16;

/** What stays the same of one patient for the whole run. */
export interface PatientTraits {
  placement: Placement;
  /** Which of {@link BODY_BINS}. */
  body: number;
  /** Rating of the rest tremor without medication, 0 to 4 as in MDS-UPDRS 3.17; `null`: does not tremble. */
  tremorRating: number | null;
  /** Bradykinesia without medication, 0 to 1. */
  slowness: number;
  /** While walking without medication; 0: does not freeze. */
  freezesPerMinute: number;
  /** One freezer in five freezes with medication as well. */
  freezesInOn: boolean;
  /** 0 to 1: how far medication at its height brings dyskinesia. */
  dyskinesia: number;
  dosesPerDay: number;
  /** Which of the speeds at which medication reaches its effect, 0 to 15 (see `truth/medication.ts`). */
  onset: number;
  /** Exponent of the effect's curve: how suddenly it comes and goes. */
  steepness: number;
  /** Hours after midnight. */
  wakeHour: number;
  bedHour: number;
}

/** Rating that each class of `Cohort.restTremor` begins with; the next one begins where it ends. */
const TREMOR_RATINGS = { mild: [-0.5, 1], moderate: [1, 2], marked: [2, 3], severe: [3, 4] } as const;
const SLOWNESS = { none: [0, 0.15], mild: [0.25, 0.5], moderate: [0.5, 0.75], marked: [0.75, 1] } as const;

/** Which name a draw in [0, 1) falls on. */
function classOf<Name extends string>(shares: Readonly<Record<Name, number>>, draw: number): Name {
  let sum = 0;
  let last: Name | undefined;
  for (const name in shares) {
    last = name;
    sum += shares[name];
    if (draw < sum) return name;
  }
  return last!;
}

export function traitsOf(seed: number, patientIndex: number, cohort: Cohort = COHORT_DEFAULT): PatientTraits {
  const person = hash32(seed, PATIENT_STREAM.traits, patientIndex);
  const { ranges } = cohort;
  const tremor = classOf(cohort.restTremor, uniform(person, 0));
  const freezes = uniform(person, 4) < cohort.freezerShare;
  return {
    placement: uniform(person, 2) < cohort.placement.wrist ? Placement.wrist : Placement.shank,
    body: hash32(person, 3) % BODY_BINS,
    tremorRating: tremor === 'none' ? null : evenly(TREMOR_RATINGS[tremor], uniform(person, 1)),
    slowness: evenly(SLOWNESS[classOf(cohort.slowness, uniform(person, 12))], uniform(person, 13)),
    freezesPerMinute: freezes ? evenly(ranges.freezesPerMinute, uniform(person, 5)) : 0,
    freezesInOn: uniform(person, 6) < 0.2,
    dyskinesia: uniform(person, 7) < cohort.dyskinesiaShare ? 0.25 + 0.75 * uniform(person, 8) : 0,
    dosesPerDay: Math.max(1, Math.round(evenly(ranges.dosesPerDay, uniform(person, 9)))),
    onset: hash32(person, 10) & 15,
    steepness: 3 + 5 * uniform(person, 11),
    wakeHour: 6.5 + uniform(person, 14),
    bedHour: 22 + 1.5 * uniform(person, 15),
  };
}

/** Whether devices on bodies of this kind have an optical sensor for the heart. */
export function hasOpticalSensor(body: number, cohort: Cohort = COHORT_DEFAULT): boolean {
  return body < Math.round(cohort.opticalSensorShare * BODY_BINS);
}

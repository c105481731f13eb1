import { hash32, uniform } from '@gaitway/contract';
import { PATIENT_STREAM, type PatientTraits } from '../traits.ts';

/**
 * Levodopa in one compartment: absorption 3 per hour, half-life 1.5 h, and an effect site that follows with a half-life of
 * 0.3 to 1.2 h, shorter in advanced disease (research note on inference, 2.5).
 */
const ABSORPTION_PER_HOUR = 3;
const ELIMINATION_PER_HOUR = Math.LN2 / 1.5;
/** Each speed of onset is a stage of the disease: 0 the latest, with the quickest coming and going. */
const EQUILIBRATION_HOURS = Array.from({ length: 16 }, (_, i) => 0.3 + 0.06 * i);
/** After this time a dose is forgotten: of its peak 2 to 6 % are left, and of the effect nothing that counts. */
const DOSE_HOURS = 8;
const DOSE_JITTER_HOURS = 0.25;
/** The first dose follows getting up. */
const FIRST_DOSE_HOURS = 0.25;

/** Level at the effect site so long after one dose: ka, ke and ke0 in series (Bateman's function, once more). */
function effectSite(hours: number, onset: number): number {
  const absorbed = ABSORPTION_PER_HOUR;
  const gone = ELIMINATION_PER_HOUR;
  const reached = Math.LN2 / EQUILIBRATION_HOURS[onset]!;
  return (
    absorbed *
    reached *
    (Math.exp(-gone * hours) / ((absorbed - gone) * (reached - gone)) +
      Math.exp(-absorbed * hours) / ((gone - absorbed) * (reached - absorbed)) +
      Math.exp(-reached * hours) / ((gone - reached) * (absorbed - reached)))
  );
}

/** Highest level that one dose reaches, per speed of onset. */
const PEAKS = EQUILIBRATION_HOURS.map((_, onset) =>
  Math.max(...Array.from({ length: 120 }, (_, i) => effectSite(i / 20, onset))),
);

/**
 * Level at which half of the effect is there, in peaks of the regular doses. In early disease it wears off when the level
 * has fallen to about half of the peak (Kempster 1989); later the window narrows from below.
 */
const HALF_EFFECT = EQUILIBRATION_HOURS.map((_, onset) => 0.95 - (0.35 * onset) / 15);

/** When dose number `dose` of day `day` is taken, in hours; spread over the waking day, up to 15 minutes early or late. */
export function doseHour(
  seed: number,
  patientIndex: number,
  { wakeHour, bedHour, dosesPerDay }: PatientTraits,
  day: number,
  dose: number,
): number {
  const jitter = 2 * uniform(seed, PATIENT_STREAM.dose, patientIndex, hash32(day, dose)) - 1;
  const apart = (bedHour - wakeHour) / dosesPerDay;
  return 24 * day + wakeHour + FIRST_DOSE_HOURS + dose * apart + DOSE_JITTER_HOURS * jitter;
}

/**
 * Effect of the medication at `hours` (hours since midnight of the run's first day), 0 to 1: E = C^g / (C50^g + C^g).
 */
export function medicationEffect(
  seed: number,
  patientIndex: number,
  traits: PatientTraits,
  hours: number,
): number {
  const { onset, steepness, dosesPerDay } = traits;
  const today = Math.floor(hours / 24);
  const apart = (traits.bedHour - traits.wakeHour) / dosesPerDay;
  let level = 0;
  for (let day = today - 1; day <= today; day++) {
    for (let dose = 0; dose < dosesPerDay; dose++) {
      const usual = 24 * day + traits.wakeHour + FIRST_DOSE_HOURS + dose * apart;
      if (hours < usual - DOSE_JITTER_HOURS || hours > usual + DOSE_HOURS + DOSE_JITTER_HOURS) continue;
      const since = hours - doseHour(seed, patientIndex, traits, day, dose);
      if (since > 0 && since < DOSE_HOURS) level += effectSite(since, onset);
    }
  }
  // Regular doses add up: to 1 / (1 - e^(-ke T)) of one.
  const peak = PEAKS[onset]! / (1 - Math.exp(-ELIMINATION_PER_HOUR * apart));
  const relative = level / (HALF_EFFECT[onset]! * peak);
  const raised = relative ** steepness;
  return raised / (1 + raised);
}

export type MedicationState = 'on' | 'off' | 'on-dyskinetic';

/** OFF below 0.35; with a rating of dyskinesia, ON with dyskinesia. */
export function medicationState(effect: number, dyskinesia: number): MedicationState {
  if (effect < 0.35) return 'off';
  return dyskinesia > 0 ? 'on-dyskinetic' : 'on';
}

/** Rating of dyskinesia as AIMS has it, 0 to 4: from three quarters of the effect on. */
export function dyskinesiaRating(propensity: number, effect: number): number {
  return 4 * propensity * Math.max(0, (effect - 0.75) / 0.25);
}

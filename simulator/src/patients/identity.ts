import { base, en, Faker } from '@faker-js/faker';
import { hash32, type PatientProfile } from '@gaitway/contract';

/** Beds of one ward. */
export const PATIENTS_PER_WARD = 20;

/** Shown wherever the name is: nobody may take a synthetic person for a real one. */
export const SYNTHETIC_MARK = '(synthetic)';

const NAME_STREAM = 0x6e616d65;

let faker: Faker | undefined;

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

export function patientId(index: number): string {
  return `p${digits(index, 6)}`;
}

export function wardId(index: number): string {
  return `w${digits(Math.floor(index / PATIENTS_PER_WARD), 4)}`;
}

/** Devices count from 1: the one of patient 0 is 1. */
export function deviceOf(index: number): number {
  return index + 1;
}

/** A name that depends on seed and index only, with {@link SYNTHETIC_MARK}. Costs about 100 us: not for hot paths. */
export function displayNameOf(index: number, seed: number): string {
  faker ??= new Faker({ locale: [en, base] });
  faker.seed(hash32(seed, NAME_STREAM, index));
  return `${faker.person.firstName()} ${faker.person.lastName()} ${SYNTHETIC_MARK}`;
}

/** The synthetic person at `index` (from 0). The name is made when it is first asked for. */
export function patientAt(index: number, seed: number): PatientProfile {
  if (!Number.isInteger(index) || index < 0)
    throw new RangeError(`patients are counted 0, 1, 2, ...: not ${index}`);
  let displayName: string | undefined;
  return {
    patient: patientId(index),
    ward: wardId(index),
    device: deviceOf(index),
    get displayName() {
      displayName ??= displayNameOf(index, seed);
      return displayName;
    },
    synthetic: true,
  };
}

import { hash32, type ViewerClaims, type WatchTarget } from '@gaitway/contract';
import { PATIENTS_PER_WARD } from '../patients/identity.ts';

/** Who wears a device, as far as a viewer's rights depend on it. */
export interface Watched {
  patient: string;
  ward: string;
}

/** One viewer of a run: what the token says, and what it asks to watch. */
export interface ViewerPlan {
  claims: ViewerClaims;
  targets: WatchTarget[];
}

const ROLES = ['doctor', 'patient', 'caregiver'] as const;
const STREAM = 0x76696577;
const CAREGIVER_PEOPLE = { least: 2, most: 3 };

/**
 * The `index`-th viewer: roles in turn, people by hash of (seed, index). A doctor watches a ward, a patient
 * themself, a caregiver two or three people.
 */
export function viewerAt(
  index: number,
  seed: number,
  patients: number,
  watched: (patient: number) => Watched,
): ViewerPlan {
  const role = ROLES[index % ROLES.length]!;
  const viewer = `viewer-${index}`;
  const pick = (draw: number) => watched(hash32(seed, STREAM, index, draw) % patients);
  switch (role) {
    case 'doctor': {
      const { ward } = pick(0);
      return { claims: { role, viewer, patients: [], wards: [ward] }, targets: [{ ward }] };
    }
    case 'patient': {
      const { patient } = pick(0);
      return { claims: { role, viewer, patients: [patient], wards: [] }, targets: [{ patient }] };
    }
    case 'caregiver': {
      const { least, most } = CAREGIVER_PEOPLE;
      const wanted = least + (hash32(seed, STREAM, index, 99) % (most - least + 1));
      const people = [...new Set(Array.from({ length: wanted }, (_, draw) => pick(draw).patient))];
      return {
        claims: { role, viewer, patients: people, wards: [] },
        targets: people.map((patient) => ({ patient })),
      };
    }
  }
}

/** Whether any of the first `viewers` viewers watches somebody. */
export function watchedPatients(
  viewers: number,
  seed: number,
  patients: number,
  watched: (patient: number) => Watched,
): (who: Watched) => boolean {
  const names = new Set<string>();
  const wards = new Set<string>();
  for (let index = 0; index < viewers; index++) {
    for (const target of viewerAt(index, seed, patients, watched).targets) {
      if ('ward' in target) wards.add(target.ward);
      else names.add(target.patient);
    }
  }
  return ({ patient, ward }) => names.has(patient) || wards.has(ward);
}

/** What the viewers of a run watch, whatever its seed. */
export interface WatchedLeast {
  /** How many viewers have which role. */
  roles: Record<(typeof ROLES)[number], number>;
  /** Pairs of a viewer and a patient that they watch, with the seed that gives the fewest. */
  pairs: number;
}

/** What the first `viewers` viewers of a run with so many patients watch at the least. */
export function watchedLeast(viewers: number, patients: number): WatchedLeast {
  const roles = { doctor: 0, patient: 0, caregiver: 0 };
  for (let index = 0; index < viewers; index++) roles[ROLES[index % ROLES.length]!]++;
  // The last ward may have empty beds, and a caregiver may have drawn the same person each time.
  const smallestWard = patients % PATIENTS_PER_WARD || Math.min(patients, PATIENTS_PER_WARD);
  return { roles, pairs: roles.doctor * smallestWard + roles.patient + roles.caregiver };
}

import { hash32, type ViewerClaims, type WatchTarget } from '@gaitway/contract';

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
      const wanted = 2 + (hash32(seed, STREAM, index, 99) % 2);
      const people = [...new Set(Array.from({ length: wanted }, (_, draw) => pick(draw).patient))];
      return {
        claims: { role, viewer, patients: people, wards: [] },
        targets: people.map((patient) => ({ patient })),
      };
    }
  }
}

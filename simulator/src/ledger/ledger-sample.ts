import { hash32, hashString } from '@gaitway/contract';

/** Of this share of the windows the frames themselves are kept, so that stored aggregates can be recomputed. */
export const SAMPLED_SHARE = 0.01;
const LIMIT = Math.floor(SAMPLED_SHARE * 4294967296);

export function samplePatientHash(patient: string): number {
  return hashString(patient, 0x6c656467);
}

/**
 * The first windows of one patient are kept whatever chance says: one per cent of a small run's windows may
 * be none, and an audit that recomputed nothing has not looked at content.
 */
export const WITNESS_WINDOWS = 3;

/** Index of that patient: a function of the seed. */
export function witnessOf(seed: number, patients: number): number {
  return hash32(seed, 0x7769746e) % Math.max(1, patients);
}

/** Whether the frames of this window are kept: a function of seed, patient and window start only. */
export function isSampled(seed: number, patientHash: number, startMs: number): boolean {
  return hash32(seed, patientHash, startMs % 4294967296, Math.floor(startMs / 4294967296)) < LIMIT;
}

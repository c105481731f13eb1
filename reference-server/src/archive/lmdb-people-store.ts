import type { MedicationEntry, PatientProfile } from '@gaitway/contract';
import { compareKeys, type Database } from 'lmdb';
import { OneAtATime } from '../one-at-a-time.ts';
import type { LmdbEnvironment } from '../stores/lmdb-environment.ts';
import type { Scope } from './archive.ts';
import { ABOVE_NUMBERS, ABOVE_TEXTS, keyText, nextTurn } from './lmdb-key.ts';

type WardKey = [ward: string, patient: string];
type MedicationKey = [patient: string, takenAtMs: number, id: string];

/** So many entries are removed in one transaction, and so many patients looked at without a pause. */
const STEP = 500;

/** Patients and what they took, in LMDB. */
export class LmdbPeopleStore {
  private readonly environment: LmdbEnvironment;
  private readonly profiles: Database<PatientProfile, string>;
  private readonly wards: Database<boolean, WardKey>;
  private readonly medication: Database<MedicationEntry, MedicationKey>;
  private readonly medicationKeys: Database<MedicationKey, string>;
  private readonly writes = new OneAtATime();

  constructor(environment: LmdbEnvironment) {
    this.environment = environment;
    this.profiles = environment.database('patients', { encoding: 'msgpack' });
    this.wards = environment.database('patients-by-ward', { encoding: 'msgpack' });
    this.medication = environment.database('medication', { encoding: 'msgpack' });
    this.medicationKeys = environment.database('medication-keys', { encoding: 'msgpack' });
  }

  savePatients(patients: readonly PatientProfile[]): Promise<void> {
    return this.writes.run(async () => {
      const wardsBefore = patients.map((profile) => this.profiles.get(keyText(profile.patient))?.ward);
      await this.environment.batch((batch) => {
        patients.forEach((profile, i) => {
          const before = wardsBefore[i];
          if (before !== undefined) batch.remove(this.wards, [before, profile.patient]);
          batch.put(this.profiles, profile.patient, profile);
          batch.put(this.wards, [keyText(profile.ward), profile.patient], true);
        });
      });
    });
  }

  patient(patient: string): PatientProfile | null {
    return this.profiles.get(patient) ?? null;
  }

  patients(scope: Scope, after: string | null, limit: number): PatientProfile[] {
    const found = new Map<string, PatientProfile>();
    const take = (profile: PatientProfile | null) => profile && found.set(profile.patient, profile);
    const exclusiveStart = after !== null;
    if (!scope.patients && !scope.wards) {
      const range = after === null ? { limit } : { start: after, exclusiveStart, limit };
      for (const { value } of this.profiles.getRange(range)) take(value);
    }
    for (const name of scope.patients ?? []) {
      if (after === null || compareKeys(name, after) > 0) take(this.patient(name));
    }
    for (const ward of scope.wards ?? []) {
      const range = { start: [ward, after ?? ''], end: [ward, ABOVE_TEXTS], exclusiveStart, limit };
      for (const key of this.wards.getKeys(range)) take(this.patient(key[1]));
    }
    return [...found.values()].sort((a, b) => compareKeys(a.patient, b.patient)).slice(0, limit);
  }

  saveMedication(entry: MedicationEntry): Promise<void> {
    return this.writes.run(async () => {
      const before = this.medicationKeys.get(keyText(entry.id));
      const key: MedicationKey = [keyText(entry.patient), entry.takenAtMs, entry.id];
      await this.environment.batch((batch) => {
        if (before) batch.remove(this.medication, before);
        batch.put(this.medication, key, entry);
        batch.put(this.medicationKeys, entry.id, key);
      });
    });
  }

  medicationOf(patient: string, fromMs: number, toMs: number, limit: number): MedicationEntry[] {
    const found: MedicationEntry[] = [];
    if (!(fromMs < toMs)) return found;
    const range = { start: [patient, fromMs], end: [patient, toMs], limit };
    for (const { value } of this.medication.getRange(range)) found.push(value);
    return found;
  }

  /** Removes what was taken at or before `endMs`, a step at a time, so that other writes get their turn. */
  async expireMedication(endMs: number): Promise<void> {
    let looked = 0;
    for (let patient = this.takerAfter(null); patient !== null; patient = this.takerAfter(patient)) {
      while ((await this.expireSome(patient, endMs)) === STEP) await nextTurn();
      looked += 1;
      if (looked % STEP === 0) await nextTurn();
    }
  }

  private async expireSome(patient: string, endMs: number): Promise<number> {
    const old = { start: [patient, 0], end: [patient, endMs, ABOVE_TEXTS], limit: STEP };
    // Nearly all patients have nothing that is too old: only what there is waits for other writes.
    if ([...this.medication.getKeys({ ...old, limit: 1 })].length === 0) return 0;
    return this.writes.run(async () => {
      const keys = [...this.medication.getKeys(old)];
      await this.environment.batch((batch) => {
        for (const key of keys) {
          batch.remove(this.medication, key);
          batch.remove(this.medicationKeys, key[2]);
        }
      });
      return keys.length;
    });
  }

  /** The next patient that took something; a jump, however many entries lie between. */
  private takerAfter(patient: string | null): string | null {
    const range = patient === null ? { limit: 1 } : { start: [patient, ABOVE_NUMBERS], limit: 1 };
    for (const key of this.medication.getKeys(range)) return key[0];
    return null;
  }
}

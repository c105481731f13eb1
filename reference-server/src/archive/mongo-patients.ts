import type { Clock, MedicationEntry, PatientProfile } from '@gaitway/contract';
import type { Collection } from 'mongodb';
import type { MongoCollections } from '../stores/mongo-collections.ts';
import type { Scope } from './archive.ts';
import { writeAgain, writeUnordered } from './mongo-bulk.ts';
import { expireBy, inScope, roundsOfDistinct } from './mongo-filters.ts';

type StoredPatient = PatientProfile & { _id: string };
type StoredMedication = MedicationEntry & { _id: string; expiresAt: Date };

/** The patients in MongoDB, and what they take. */
export class MongoPatients {
  private readonly patients: Collection<StoredPatient>;
  private readonly medication: Collection<StoredMedication>;
  private readonly medicationMs: number;
  private readonly clock: Clock;

  /** `medicationMs`: how long what was taken is kept. */
  constructor(collections: MongoCollections, medicationMs: number, clock: Clock) {
    this.patients = collections.of('patients');
    this.medication = collections.of('medication');
    this.medicationMs = medicationMs;
    this.clock = clock;
  }

  async createIndexes(): Promise<void> {
    await this.patients.createIndex({ ward: 1, _id: 1 });
    await this.medication.createIndex({ patient: 1, takenAtMs: 1, _id: 1 });
    await expireBy(this.medication);
  }

  async save(profiles: readonly PatientProfile[]): Promise<void> {
    for (const round of roundsOfDistinct(profiles, ({ patient }) => patient)) {
      const operations = round.map((index) => {
        const replacement = profiles[index]!;
        return { replaceOne: { filter: { _id: replacement.patient }, replacement, upsert: true } };
      });
      // Two who insert the same profile at once: one of them meets the other's, and replaces it.
      const met = await writeUnordered(this.patients, operations, this.clock);
      await writeUnordered(
        this.patients,
        met.map((at) => operations[at]!),
        this.clock,
      );
    }
  }

  async one(patient: string): Promise<PatientProfile | null> {
    const found = await this.patients.findOne({ _id: patient });
    return found && withoutId(found);
  }

  async list(scope: Scope, after: string | null, limit: number): Promise<PatientProfile[]> {
    const beyond = after === null ? {} : { _id: { $gt: after } };
    const found = await this.patients
      .find({ $and: [inScope(scope, '_id'), beyond] })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map(withoutId);
  }

  async saveMedication(entry: MedicationEntry): Promise<void> {
    const stored = { ...entry, expiresAt: new Date(entry.takenAtMs + this.medicationMs) };
    await writeAgain(
      () => this.medication.replaceOne({ _id: entry.id }, stored, { upsert: true }),
      this.clock,
    );
  }

  async medicationOf(
    patient: string,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<MedicationEntry[]> {
    const found = await this.medication
      .find({ patient, takenAtMs: { $gte: fromMs, $lt: toMs } })
      .sort({ takenAtMs: 1, _id: 1 })
      .limit(limit)
      .toArray();
    return found.map(({ _id, expiresAt, ...entry }) => entry);
  }
}

function withoutId<Stored extends { _id: string }>({ _id, ...rest }: Stored): Omit<Stored, '_id'> {
  return rest;
}

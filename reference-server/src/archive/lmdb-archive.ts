import type { Alert, Insight, MedicationEntry, PatientProfile, WindowDocument } from '@gaitway/contract';
import type { RollOut } from '../infer/roll-out/roll-out.ts';
import type { Durability } from '../ingest/reading-log.ts';
import type { LmdbEnvironment } from '../stores/lmdb-environment.ts';
import {
  type AlertQuery,
  type Archive,
  RETENTION_DEFAULT,
  type Retention,
  type SaveOutcome,
  type Scope,
  type StoredReading,
  type WindowKey,
} from './archive.ts';
import { LmdbAlertStore } from './lmdb-alert-store.ts';
import { LmdbInsightStore } from './lmdb-insight-store.ts';
import { LmdbPeopleStore } from './lmdb-people-store.ts';
import { LmdbReadingStore } from './lmdb-reading-store.ts';
import { LmdbRollOuts } from './lmdb-roll-outs.ts';
import { LmdbWindowStore } from './lmdb-window-store.ts';

/**
 * The archive in LMDB, for one server process. Reads are synchronous underneath and small; what may be
 * long (scans, retention) goes in steps and lets other work in between.
 */
export class LmdbArchive implements Archive {
  readonly durability: Durability;
  private readonly retention: Retention;
  private readonly windows: LmdbWindowStore;
  private readonly alertStore: LmdbAlertStore;
  private readonly people: LmdbPeopleStore;
  private readonly insights: LmdbInsightStore;
  private readonly readings: LmdbReadingStore;
  private readonly rollOuts: LmdbRollOuts;

  constructor(
    environment: LmdbEnvironment,
    options: { retention: Retention } = { retention: RETENTION_DEFAULT },
  ) {
    this.durability = environment.durability;
    this.retention = options.retention;
    this.windows = new LmdbWindowStore(environment);
    this.alertStore = new LmdbAlertStore(environment);
    this.people = new LmdbPeopleStore(environment);
    this.insights = new LmdbInsightStore(environment);
    this.readings = new LmdbReadingStore(environment);
    this.rollOuts = new LmdbRollOuts(environment);
  }

  async saveWindows(windows: readonly WindowDocument[]): Promise<SaveOutcome[]> {
    return this.windows.save(windows);
  }

  async windowsAt(keys: readonly WindowKey[]): Promise<(WindowDocument | null)[]> {
    return this.windows.at(keys);
  }

  async windowsOf(patient: string, fromMs: number, toMs: number, limit: number): Promise<WindowDocument[]> {
    return this.windows.of(patient, fromMs, toMs, limit);
  }

  scanWindows(fromMs: number, toMs: number, pageSize: number): AsyncIterable<WindowDocument[]> {
    return this.windows.scan(fromMs, toMs, pageSize);
  }

  async saveAlerts(alerts: readonly Alert[]): Promise<Alert[]> {
    return this.alertStore.save(alerts);
  }

  async alerts(query: AlertQuery): Promise<Alert[]> {
    return this.alertStore.find(query);
  }

  async alert(id: string): Promise<Alert | null> {
    return this.alertStore.get(id);
  }

  async acknowledgeAlert(id: string, by: string, atMs: number): Promise<Alert | null> {
    return this.alertStore.acknowledge(id, by, atMs);
  }

  async rollOut(candidate: string): Promise<RollOut | null> {
    return this.rollOuts.get(candidate);
  }

  async saveRollOut(rollOut: RollOut): Promise<boolean> {
    return this.rollOuts.save(rollOut);
  }

  async savePatients(patients: readonly PatientProfile[]): Promise<void> {
    await this.people.savePatients(patients);
  }

  async patient(patient: string): Promise<PatientProfile | null> {
    return this.people.patient(patient);
  }

  async patients(scope: Scope, after: string | null, limit: number): Promise<PatientProfile[]> {
    return this.people.patients(scope, after, limit);
  }

  async saveMedication(entry: MedicationEntry): Promise<void> {
    await this.people.saveMedication(entry);
  }

  async medicationOf(
    patient: string,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<MedicationEntry[]> {
    return this.people.medicationOf(patient, fromMs, toMs, limit);
  }

  async saveInsight(insight: Insight): Promise<boolean> {
    return this.insights.save(insight);
  }

  async insight(id: string): Promise<Insight | null> {
    return this.insights.get(id);
  }

  async insightsOf(patient: string, fromMs: number, toMs: number, limit: number): Promise<Insight[]> {
    return this.insights.of(patient, fromMs, toMs, limit);
  }

  async saveReadings(readings: readonly StoredReading[]): Promise<StoredReading[]> {
    return this.readings.save(readings);
  }

  async readingsAfter(partition: number, after: string | null, limit: number): Promise<StoredReading[]> {
    return this.readings.after(partition, after, limit);
  }

  async lastReadingPosition(partition: number): Promise<string | null> {
    return this.readings.lastPosition(partition);
  }

  async expire(nowMs: number): Promise<void> {
    await this.windows.expire(nowMs - this.retention.windowsMs);
    await this.insights.expire(nowMs - this.retention.windowsMs);
    await this.readings.expire(nowMs - this.retention.readingsMs);
    await this.alertStore.expire(nowMs - this.retention.alertsMs);
    await this.people.expireMedication(nowMs - this.retention.medicationMs);
  }

  /** Reads one key: fails when the environment was closed or its file is damaged. */
  async ping(): Promise<void> {
    this.people.patient('-');
  }

  /** The environment is closed by whoever opened it. */
  async close(): Promise<void> {}
}

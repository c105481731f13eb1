import type {
  Alert,
  Clock,
  Insight,
  MedicationEntry,
  PatientProfile,
  WindowDocument,
} from '@gaitway/contract';
import type { RollOut } from '../infer/roll-out/roll-out.ts';
import type { Durability } from '../ingest/reading-log.ts';
import { MongoCollections } from '../stores/mongo-collections.ts';
import {
  connectMongo,
  type MongoConnection,
  type MongoConnectionOptions,
  mongoDurability,
} from '../stores/mongo-connection.ts';
import { mongoLayout } from '../stores/mongo-layout.ts';
import { StoreFault } from '../stores/store-fault.ts';
import type { LayoutKeeper } from '../stores/store-layout.ts';
import type {
  AlertQuery,
  Archive,
  Retention,
  SaveOutcome,
  Scope,
  StoredReading,
  WindowKey,
} from './archive.ts';
import { MongoAlerts } from './mongo-alerts.ts';
import { MongoInsights } from './mongo-insights.ts';
import { MongoPatients } from './mongo-patients.ts';
import { MongoReadings } from './mongo-readings.ts';
import { MongoRollOuts } from './mongo-roll-outs.ts';
import { MongoWindows } from './mongo-windows.ts';

export interface MongoArchiveOptions extends MongoConnectionOptions {
  clock: Clock;
  retention: Retention;
  /** What the name of every collection begins with, and a dot; left out: nothing. */
  prefix?: string;
  /** It is read alone: nothing is made that is not there. */
  readsOnly?: boolean;
}

/**
 * The archive in MongoDB (4.4 or later; one node, replica set, or sharded by ranges of `_id`,
 * with which a patient's windows lie together). Creates what
 * indexes are missing. Throws a `StoreFault` when nothing answers, and for an archive that is to be read and is not there.
 */
export async function openMongoArchive(url: string, options: MongoArchiveOptions): Promise<MongoArchive> {
  const connection = await connectMongo(url, options);
  const collections = new MongoCollections(connection.database, options.prefix);
  const archive = new MongoArchive(connection, collections, options);
  try {
    if (!options.readsOnly) await archive.createIndexes();
    else if (!(await collections.existing()).includes('windows')) throw missing(collections);
  } catch (error) {
    await archive.close();
    throw error;
  }
  return archive;
}

function missing(collections: MongoCollections): StoreFault {
  return new StoreFault(
    'mongo_missing',
    `There are no window documents in MongoDB (${collections.where}).`,
    'Name the MongoDB and the database that they were written to; they may also have been dropped.',
  );
}

export class MongoArchive implements Archive {
  readonly durability: Durability;
  /** What it was begun with. */
  readonly layout: LayoutKeeper;
  private readonly connection: MongoConnection;
  private readonly windows: MongoWindows;
  private readonly alertStore: MongoAlerts;
  private readonly patientStore: MongoPatients;
  private readonly insights: MongoInsights;
  private readonly readings: MongoReadings;
  private readonly rollOuts: MongoRollOuts;

  constructor(
    connection: MongoConnection,
    collections: MongoCollections,
    { clock, retention }: MongoArchiveOptions,
  ) {
    this.connection = connection;
    this.durability = mongoDurability(connection.database.writeConcern);
    this.layout = mongoLayout(collections, clock);
    this.windows = new MongoWindows(collections, retention.windowsMs, clock);
    this.alertStore = new MongoAlerts(collections, retention.alertsMs, clock);
    this.patientStore = new MongoPatients(collections, retention.medicationMs, clock);
    this.insights = new MongoInsights(collections, retention.windowsMs, clock);
    this.readings = new MongoReadings(collections, retention.readingsMs, clock);
    this.rollOuts = new MongoRollOuts(collections, clock);
  }

  async createIndexes(): Promise<void> {
    for (const store of [this.windows, this.alertStore, this.patientStore, this.insights, this.readings])
      await store.createIndexes();
  }

  saveWindows(windows: readonly WindowDocument[]): Promise<SaveOutcome[]> {
    return this.windows.save(windows);
  }
  windowsAt(keys: readonly WindowKey[]): Promise<(WindowDocument | null)[]> {
    return this.windows.at(keys);
  }
  windowsOf(patient: string, fromMs: number, toMs: number, limit: number): Promise<WindowDocument[]> {
    return this.windows.of(patient, fromMs, toMs, limit);
  }
  scanWindows(fromMs: number, toMs: number, pageSize: number): AsyncIterable<WindowDocument[]> {
    return this.windows.scan(fromMs, toMs, pageSize);
  }

  saveAlerts(alerts: readonly Alert[]): Promise<Alert[]> {
    return this.alertStore.save(alerts);
  }
  alerts(query: AlertQuery): Promise<Alert[]> {
    return this.alertStore.list(query);
  }
  alert(id: string): Promise<Alert | null> {
    return this.alertStore.one(id);
  }
  acknowledgeAlert(id: string, by: string, atMs: number): Promise<Alert | null> {
    return this.alertStore.acknowledge(id, by, atMs);
  }

  rollOut(candidate: string): Promise<RollOut | null> {
    return this.rollOuts.one(candidate);
  }
  saveRollOut(rollOut: RollOut): Promise<boolean> {
    return this.rollOuts.save(rollOut);
  }

  savePatients(patients: readonly PatientProfile[]): Promise<void> {
    return this.patientStore.save(patients);
  }
  patient(patient: string): Promise<PatientProfile | null> {
    return this.patientStore.one(patient);
  }
  patients(scope: Scope, after: string | null, limit: number): Promise<PatientProfile[]> {
    return this.patientStore.list(scope, after, limit);
  }
  saveMedication(entry: MedicationEntry): Promise<void> {
    return this.patientStore.saveMedication(entry);
  }
  medicationOf(patient: string, fromMs: number, toMs: number, limit: number): Promise<MedicationEntry[]> {
    return this.patientStore.medicationOf(patient, fromMs, toMs, limit);
  }

  saveInsight(insight: Insight): Promise<boolean> {
    return this.insights.save(insight);
  }
  insight(id: string): Promise<Insight | null> {
    return this.insights.one(id);
  }
  insightsOf(patient: string, fromMs: number, toMs: number, limit: number): Promise<Insight[]> {
    return this.insights.of(patient, fromMs, toMs, limit);
  }

  saveReadings(readings: readonly StoredReading[]): Promise<StoredReading[]> {
    return this.readings.save(readings);
  }
  readingsAfter(partition: number, after: string | null, limit: number): Promise<StoredReading[]> {
    return this.readings.after(partition, after, limit);
  }
  lastReadingPosition(partition: number): Promise<string | null> {
    return this.readings.lastPosition(partition);
  }

  /** MongoDB does it by itself: every document that expires says when, and an index on it deletes. */
  async expire(): Promise<void> {}

  async ping(): Promise<void> {
    await this.connection.database.command({ ping: 1 });
  }
  async close(): Promise<void> {
    await this.connection.client.close();
  }
}

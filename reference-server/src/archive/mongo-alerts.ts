import type { Alert, Clock } from '@gaitway/contract';
import { type Collection, type Filter, ObjectId } from 'mongodb';
import type { MongoCollections } from '../stores/mongo-collections.ts';
import type { AlertQuery } from './archive.ts';
import { writeAgain, writeUnordered } from './mongo-bulk.ts';
import { expireBy, inScope, roundsOfDistinct } from './mongo-filters.ts';

interface StoredAlert extends Alert {
  _id: string;
  /** The call that made it, so that a call whose answer was lost still finds out which alerts were its own. */
  savedFirstBy: ObjectId;
  expiresAt: Date;
}

/** The alerts in MongoDB. */
export class MongoAlerts {
  private readonly collection: Collection<StoredAlert>;
  private readonly retentionMs: number;
  private readonly clock: Clock;

  constructor(collections: MongoCollections, retentionMs: number, clock: Clock) {
    this.collection = collections.of('alerts');
    this.retentionMs = retentionMs;
    this.clock = clock;
  }

  async createIndexes(): Promise<void> {
    await this.collection.createIndex({ atMs: -1, _id: -1 });
    await this.collection.createIndex({ patient: 1, atMs: -1, _id: -1 });
    await this.collection.createIndex({ ward: 1, atMs: -1, _id: -1 });
    await expireBy(this.collection);
  }

  async save(alerts: readonly Alert[]): Promise<Alert[]> {
    if (alerts.length === 0) return [];
    const savedFirstBy = new ObjectId();
    for (const round of roundsOfDistinct(alerts, ({ id }) => id)) {
      const operations = round.map((index) => {
        const alert = alerts[index]!;
        const expiresAt = new Date(alert.atMs + this.retentionMs);
        return {
          updateOne: {
            filter: { _id: alert.id, state: { $ne: 'acknowledged' as const } },
            update: { $set: { ...alert, expiresAt }, $setOnInsert: { savedFirstBy } },
            upsert: true,
          },
        };
      });
      // A document of the same id that the filter did not match was acknowledged, and stays so.
      await writeUnordered(this.collection, operations, this.clock);
    }
    const ids = alerts.map(({ id }) => id);
    const own = await this.collection
      .find({ _id: { $in: ids }, savedFirstBy }, { projection: { _id: 1 } })
      .toArray();
    const fresh = new Set(own.map(({ _id }) => _id));
    return alerts.filter(({ id }) => fresh.delete(id));
  }

  async one(id: string): Promise<Alert | null> {
    const found = await this.collection.findOne({ _id: id });
    return found && alertOf(found);
  }

  async acknowledge(id: string, by: string, atMs: number): Promise<Alert | null> {
    await writeAgain(
      () =>
        this.collection.updateOne(
          { _id: id, state: { $ne: 'acknowledged' } },
          { $set: { state: 'acknowledged', acknowledgedBy: by, acknowledgedAtMs: atMs } },
        ),
      this.clock,
    );
    return this.one(id);
  }

  async list(query: AlertQuery): Promise<Alert[]> {
    const all: Filter<StoredAlert>[] = [inScope(query.scope, 'patient')];
    if (query.patient !== undefined) all.push({ patient: query.patient });
    if (query.state !== undefined) all.push({ state: query.state });
    if (query.fromMs !== undefined) all.push({ atMs: { $gte: query.fromMs } });
    if (query.toMs !== undefined) all.push({ atMs: { $lt: query.toMs } });
    if (query.before) {
      const { atMs, id } = query.before;
      all.push({ $or: [{ atMs: { $lt: atMs } }, { atMs, _id: { $lt: id } }] });
    }
    const found = await this.collection
      .find({ $and: all })
      .sort({ atMs: -1, _id: -1 })
      .limit(query.limit)
      .toArray();
    return found.map(alertOf);
  }
}

function alertOf({ _id, savedFirstBy, expiresAt, ...alert }: StoredAlert): Alert {
  return alert;
}

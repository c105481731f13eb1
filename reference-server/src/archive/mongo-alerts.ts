import type { Alert, AlertState, Clock } from '@gaitway/contract';
import { type Collection, type Filter, ObjectId } from 'mongodb';
import type { MongoCollections } from '../stores/mongo-collections.ts';
import { furthestOfEach, statesBefore } from './alert-changes.ts';
import type { AlertQuery } from './archive.ts';
import { writeAgain, writeUnordered } from './mongo-bulk.ts';
import { expireBy, inScope } from './mongo-filters.ts';
import { fromStored, OLD_STATE, OLD_WORDS } from './old-alerts.ts';

interface StoredAlert extends Alert {
  _id: string;
  /** The call that brought it to its state: one whose answer was lost still finds out which changes were its own. */
  changedBy: ObjectId;
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
    const changedBy = new ObjectId();
    const furthest = furthestOfEach(alerts);
    const operations = furthest.map((alert) => {
      const $set = { ...alert, expiresAt: new Date(alert.atMs + this.retentionMs) };
      const { id: _id, state } = alert;
      // What is raised again may have new words, and is no change.
      return {
        updateOne:
          state === 'raised'
            ? {
                filter: { _id, ...inState([state]) },
                update: { $set, $setOnInsert: { changedBy } },
                upsert: true,
              }
            : {
                filter: { _id, ...inState(statesBefore(state)) },
                update: { $set: { ...$set, changedBy } },
                upsert: true,
              },
      };
    });
    // A document of the same id that the filter did not match has come as far already, and stays so.
    await writeUnordered(this.collection, operations, this.clock);
    const ids = furthest.map(({ id }) => id);
    const own = await this.collection.find({ _id: { $in: ids }, changedBy }).toArray();
    const changed = new Map(own.map((stored) => [stored._id, alertOf(stored)]));
    return furthest.flatMap(({ id }) => changed.get(id) ?? []);
  }

  async one(id: string): Promise<Alert | null> {
    const found = await this.collection.findOne({ _id: id });
    return found && alertOf(found);
  }

  async acknowledge(id: string, by: string, atMs: number): Promise<Alert | null> {
    await writeAgain(
      () =>
        this.collection.updateOne(
          { _id: id, acknowledgedBy: { $exists: false } },
          { $set: { acknowledgedBy: by, acknowledgedAtMs: atMs } },
        ),
      this.clock,
    );
    return this.one(id);
  }

  async list(query: AlertQuery): Promise<Alert[]> {
    const all: Filter<StoredAlert>[] = [inScope(query.scope, 'patient')];
    if (query.patient !== undefined) all.push({ patient: query.patient });
    if (query.rule !== undefined) all.push({ rule: query.rule });
    if (query.state !== undefined) all.push(inState([query.state]));
    if (query.acknowledged !== undefined) all.push({ acknowledgedBy: { $exists: query.acknowledged } });
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

/** In one of these states, also of the old form. */
function inState(states: readonly AlertState[]): Filter<StoredAlert> {
  const state = OLD_STATE as AlertState;
  const old = states.map((each): Filter<StoredAlert> => {
    if (each !== 'raised') return { state, says: OLD_WORDS[each] };
    const settled = Object.values(OLD_WORDS).map((says) => ({ says }));
    return { state, $nor: settled };
  });
  return { $or: [{ state: { $in: [...states] } }, ...old] };
}

function alertOf({ _id, changedBy, expiresAt, ...alert }: StoredAlert): Alert {
  return fromStored(alert);
}

import type { Clock, Insight } from '@gaitway/contract';
import type { Collection } from 'mongodb';
import type { MongoCollections } from '../stores/mongo-collections.ts';
import { metDocument, writeAgain } from './mongo-bulk.ts';
import { expireBy } from './mongo-filters.ts';

type StoredInsight = Insight & { _id: string; expiresAt: Date };

/** Insights in MongoDB. */
export class MongoInsights {
  private readonly collection: Collection<StoredInsight>;
  private readonly retentionMs: number;
  private readonly clock: Clock;

  constructor(collections: MongoCollections, retentionMs: number, clock: Clock) {
    this.collection = collections.of('insights');
    this.retentionMs = retentionMs;
    this.clock = clock;
  }

  async createIndexes(): Promise<void> {
    await this.collection.createIndex({ patient: 1, toMs: 1, _id: 1 });
    await expireBy(this.collection);
  }

  async save(insight: Insight): Promise<boolean> {
    const stored = { ...insight, _id: insight.id, expiresAt: new Date(insight.toMs + this.retentionMs) };
    return writeAgain(async () => {
      try {
        await this.collection.insertOne(stored);
        return true;
      } catch (error) {
        // One that was inserted before, with its answer lost, counts as there: an insight is told of once or not at all.
        if (metDocument(error)) return false;
        throw error;
      }
    }, this.clock);
  }

  async one(id: string): Promise<Insight | null> {
    const found = await this.collection.findOne({ _id: id });
    return found && insightOf(found);
  }

  async of(patient: string, fromMs: number, toMs: number, limit: number): Promise<Insight[]> {
    const found = await this.collection
      .find({ patient, toMs: { $gte: fromMs, $lt: toMs } })
      .sort({ toMs: 1, _id: 1 })
      .limit(limit)
      .toArray();
    return found.map(insightOf);
  }
}

function insightOf({ _id, expiresAt, ...insight }: StoredInsight): Insight {
  return insight;
}

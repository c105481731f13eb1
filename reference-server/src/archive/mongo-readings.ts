import type { Clock } from '@gaitway/contract';
import { Binary, type Collection } from 'mongodb';
import type { MongoCollections } from '../stores/mongo-collections.ts';
import { isSameReading, type StoredReading } from './archive.ts';
import { metDocument, writeAgain } from './mongo-bulk.ts';
import { expireBy } from './mongo-filters.ts';

interface ReadingDocument extends Omit<StoredReading, 'bytes'> {
  /** Partition and position, so that text order is the order of the log. */
  _id: string;
  bytes: Binary;
  expiresAt: Date;
}

const PARTITION_DIGITS = 5;

/** Single readings in MongoDB: the plans' baseline without a cache. */
export class MongoReadings {
  private readonly collection: Collection<ReadingDocument>;
  private readonly retentionMs: number;
  private readonly clock: Clock;

  constructor(collections: MongoCollections, retentionMs: number, clock: Clock) {
    this.collection = collections.of('readings');
    this.retentionMs = retentionMs;
    this.clock = clock;
  }

  async createIndexes(): Promise<void> {
    await expireBy(this.collection);
  }

  /**
   * A write for each reading, as many at once as the pool has connections. Returns those whose position has
   * another reading already.
   */
  async save(readings: readonly StoredReading[]): Promise<StoredReading[]> {
    const saved = await Promise.all(
      readings.map((reading) => writeAgain(() => this.insert(reading), this.clock)),
    );
    return readings.filter((_, i) => !saved[i]);
  }

  /** `false`: another reading has its position. One that was inserted before, with its answer lost, is no other. */
  private async insert({ bytes, ...reading }: StoredReading): Promise<boolean> {
    const _id = idOf(reading.partition, reading.position);
    const expiresAt = new Date(reading.receivedAtMs + this.retentionMs);
    try {
      await this.collection.insertOne({ _id, ...reading, bytes: new Binary(bytes), expiresAt });
      return true;
    } catch (error) {
      const there = metDocument(error) ? await this.collection.findOne({ _id }) : null;
      // Not a document that was met, or one that expired since then: `writeAgain` knows what to do.
      if (!there) throw error;
      return isSameReading(readingOf(there), { ...reading, bytes });
    }
  }

  async after(partition: number, after: string | null, limit: number): Promise<StoredReading[]> {
    const found = await this.collection
      .find({ _id: { $gt: idOf(partition, after ?? ''), $lt: idOf(partition + 1, '') } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map(readingOf);
  }

  async lastPosition(partition: number): Promise<string | null> {
    const [last] = await this.collection
      .find(
        { _id: { $gt: idOf(partition, ''), $lt: idOf(partition + 1, '') } },
        { projection: { position: 1 } },
      )
      .sort({ _id: -1 })
      .limit(1)
      .toArray();
    return last?.position ?? null;
  }
}

function readingOf({ _id, expiresAt, bytes, ...reading }: ReadingDocument): StoredReading {
  return { ...reading, bytes: Uint8Array.from(bytes.value()) };
}

function idOf(partition: number, position: string): string {
  return `${String(partition).padStart(PARTITION_DIGITS, '0')}:${position}`;
}

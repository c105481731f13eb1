import type { Clock } from '@gaitway/contract';
import { Binary, type Collection, type Db } from 'mongodb';
import type { StoredReading } from './archive.ts';
import { writeAgain } from './mongo-bulk.ts';
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

  constructor(database: Db, retentionMs: number, clock: Clock) {
    this.collection = database.collection('readings');
    this.retentionMs = retentionMs;
    this.clock = clock;
  }

  async createIndexes(): Promise<void> {
    await expireBy(this.collection);
  }

  /** A write for each reading, as many at once as the pool has connections. */
  async save(readings: readonly StoredReading[]): Promise<void> {
    await Promise.all(readings.map((reading) => this.saveOne(reading)));
  }

  private async saveOne({ bytes, ...reading }: StoredReading): Promise<void> {
    const document = {
      ...reading,
      bytes: new Binary(bytes),
      expiresAt: new Date(reading.receivedAtMs + this.retentionMs),
    };
    const _id = idOf(reading.partition, reading.position);
    await writeAgain(() => this.collection.replaceOne({ _id }, document, { upsert: true }), this.clock);
  }

  async after(partition: number, after: string | null, limit: number): Promise<StoredReading[]> {
    const found = await this.collection
      .find({ _id: { $gt: idOf(partition, after ?? ''), $lt: idOf(partition + 1, '') } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map(({ _id, expiresAt, bytes, ...reading }) => ({
      ...reading,
      bytes: Uint8Array.from(bytes.value()),
    }));
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

function idOf(partition: number, position: string): string {
  return `${String(partition).padStart(PARTITION_DIGITS, '0')}:${position}`;
}

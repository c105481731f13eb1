import type { Database } from 'lmdb';
import { decodeEntry, encodeRecords } from '../ingest/log-entry-codec.ts';
import type { StoredReading } from './archive.ts';
import type { LmdbEnvironment } from './lmdb-environment.ts';
import { ABOVE_TEXTS, nextTurn } from './lmdb-key.ts';

type Key = [partition: number, position: string];

/** So many readings are removed in one transaction. */
const STEP = 1000;

/** Single readings in LMDB, one document each, by partition and position. */
export class LmdbReadingStore {
  private readonly environment: LmdbEnvironment;
  private readonly readings: Database<Buffer, Key>;

  constructor(environment: LmdbEnvironment) {
    this.environment = environment;
    this.readings = environment.database('readings', { encoding: 'binary' });
  }

  save(readings: readonly StoredReading[]): Promise<void> {
    return this.environment.batch((batch) => {
      for (const { partition, position, receivedAtMs, patient, ward, bytes } of readings) {
        batch.put(
          this.readings,
          [partition, position],
          encodeRecords(receivedAtMs, [{ patient, ward, bytes }]),
        );
      }
    });
  }

  after(partition: number, after: string | null, limit: number): StoredReading[] {
    const found: StoredReading[] = [];
    const range = {
      start: [partition, after ?? ''],
      end: [partition, ABOVE_TEXTS],
      exclusiveStart: after !== null,
      limit,
    };
    for (const { key, value } of this.readings.getRange(range)) found.push(readingOf(key, value));
    return found;
  }

  lastPosition(partition: number): string | null {
    const range = { start: [partition, ABOVE_TEXTS], end: [partition, ''], reverse: true, limit: 1 };
    for (const key of this.readings.getKeys(range)) return key[1];
    return null;
  }

  /**
   * Removes what was received before `receivedBeforeMs`, a step at a time. Positions grow with the time of
   * receipt, so that each partition is done at its first reading that stays.
   */
  async expire(receivedBeforeMs: number): Promise<void> {
    for (
      let partition = this.partitionFrom(0);
      partition !== null;
      partition = this.partitionFrom(partition + 1)
    ) {
      for (;;) {
        const old = this.after(partition, null, STEP).filter(
          (reading) => reading.receivedAtMs < receivedBeforeMs,
        );
        await this.environment.batch((batch) => {
          for (const { position } of old) batch.remove(this.readings, [partition!, position]);
        });
        if (old.length < STEP) break;
        await nextTurn();
      }
    }
  }

  /** The first partition at or above this one that has readings. */
  private partitionFrom(partition: number): number | null {
    for (const key of this.readings.getKeys({ start: [partition, ''], limit: 1 })) return key[0];
    return null;
  }
}

function readingOf([partition, position]: Key, value: Buffer): StoredReading {
  const { receivedAtMs, records } = decodeEntry(position, value);
  const { patient, ward, bytes } = records[0]!;
  return { patient, ward, partition, position, receivedAtMs, bytes };
}

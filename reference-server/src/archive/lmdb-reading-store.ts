import type { Database } from 'lmdb';
import { decodeEntry, encodeRecords } from '../ingest/log-entry-codec.ts';
import type { LmdbEnvironment } from '../stores/lmdb-environment.ts';
import { isSameReading, type StoredReading } from './archive.ts';
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

  /**
   * Returns those whose position has another reading already. Look and write are not one transaction: the
   * folder is of one process, and its log has one append at a time.
   */
  async save(readings: readonly StoredReading[]): Promise<StoredReading[]> {
    const taken: StoredReading[] = [];
    await this.environment.batch((batch) => {
      for (const reading of readings) {
        const { partition, position, receivedAtMs, patient, ward, bytes } = reading;
        const key: Key = [partition, position];
        const value = this.readings.get(key);
        if (value === undefined)
          batch.put(this.readings, key, encodeRecords(receivedAtMs, [{ patient, ward, bytes }]));
        else if (!isSameReading(readingOf({ key, value }), reading)) taken.push(reading);
      }
    });
    return taken;
  }

  after(partition: number, after: string | null, limit: number): StoredReading[] {
    const found: StoredReading[] = [];
    const range = {
      start: [partition, after ?? ''],
      end: [partition, ABOVE_TEXTS],
      exclusiveStart: after !== null,
      limit,
    };
    for (const entry of this.readings.getRange(range)) found.push(readingOf(entry));
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

function readingOf({ key: [partition, position], value }: { key: Key; value: Buffer }): StoredReading {
  const { receivedAtMs, records } = decodeEntry(position, value);
  const { patient, ward, bytes } = records[0]!;
  return { patient, ward, partition, position, receivedAtMs, bytes };
}

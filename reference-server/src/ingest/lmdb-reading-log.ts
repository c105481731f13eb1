import type { Database } from 'lmdb';
import type { LmdbEnvironment } from '../stores/lmdb-environment.ts';
import { watermarksAmong } from './later-watermark.ts';
import { WatermarkJournal } from './lmdb-watermark-journal.ts';
import { decodeEntry, encodeCloseOpen, encodeRecords } from './log-entry-codec.ts';
import { logFullText } from './memory-reading-log.ts';
import {
  type AppendBatch,
  type Durability,
  type LogEntry,
  LogFull,
  type LogPosition,
  type Progress,
  type ReadingLog,
  type Watermark,
} from './reading-log.ts';

interface Partition {
  /** Entries are numbered without gaps, but for appends that failed: [firstNumber, nextNumber). */
  firstNumber: number;
  nextNumber: number;
  epoch: number;
  progress: Progress | null;
}

interface StoredProgress extends Progress {
  epoch: number;
}

/** A trim removes at most so many entries in one transaction: appends wait for it. */
const TRIM_STEP_ENTRIES = 1000;

/**
 * The reading log in LMDB, for one server process: keys are (partition, number), and everything of an append
 * becomes visible and durable in one commit. Counters, watermarks and progress are held in memory too, and
 * change there only after their commit.
 */
export class LmdbReadingLog implements ReadingLog {
  readonly partitions: number;
  readonly durability: Durability;

  private readonly environment: LmdbEnvironment;
  private readonly entriesMax: number;
  private readonly entries: Database<Buffer, Uint8Array>;
  private readonly progress: Database<StoredProgress, number>;
  private readonly watermarks: WatermarkJournal;
  private readonly byPartition: Partition[];

  constructor(environment: LmdbEnvironment, options: { partitions: number; entriesMax: number }) {
    this.environment = environment;
    this.partitions = options.partitions;
    this.entriesMax = options.entriesMax;
    this.durability = environment.durability;
    this.entries = environment.database('log-entries', { encoding: 'binary', keyEncoding: 'binary' });
    this.progress = environment.database('log-progress', { encoding: 'msgpack' });
    this.watermarks = new WatermarkJournal(environment.database('log-watermarks', { encoding: 'binary' }));
    this.byPartition = Array.from({ length: options.partitions }, (_, partition) => this.load(partition));
  }

  async append({ receivedAtMs, partitions, watermarks }: AppendBatch): Promise<void> {
    if (this.held() + partitions.length > this.entriesMax) throw new LogFull(logFullText(this.entriesMax));
    const values = partitions.map(({ partition, records }) => ({
      key: keyOf(partition, this.at(partition).nextNumber++),
      value: encodeRecords(receivedAtMs, records),
    }));
    let note: ReturnType<WatermarkJournal['write']> | undefined;
    await this.environment.batch((batch) => {
      for (const { key, value } of values) batch.put(this.entries, key, value);
      if (watermarks.size > 0) note = this.watermarks.write(batch, watermarks);
    });
    if (!note) return;
    this.watermarks.settle(note);
    if (this.watermarks.isLong) await this.environment.batch((batch) => this.watermarks.compact(batch));
  }

  async watermarksOf(devices: readonly number[]): Promise<Map<number, Watermark>> {
    return watermarksAmong(this.watermarks, devices);
  }

  async read(
    from: readonly { partition: number; after: LogPosition | null }[],
    limit: number,
  ): Promise<Map<number, LogEntry[]>> {
    const read = new Map<number, LogEntry[]>();
    for (const { partition, after } of from) {
      const { firstNumber, nextNumber } = this.at(partition);
      const start = Math.max(firstNumber, after === null ? 0 : Number(after) + 1);
      if (start >= nextNumber) continue;
      const entries: LogEntry[] = [];
      const range = { start: keyOf(partition, start), end: keyOf(partition, nextNumber), limit };
      for (const { key, value } of this.entries.getRange(range)) {
        entries.push(decodeEntry(String(numberOf(key)), value));
      }
      if (entries.length > 0) read.set(partition, entries);
    }
    return read;
  }

  async appendCloseOpen(receivedAtMs: number): Promise<Map<number, LogPosition>> {
    const numbers = this.byPartition.map((state) => state.nextNumber++);
    const value = encodeCloseOpen(receivedAtMs);
    await this.environment.batch((batch) => {
      for (const [partition, number] of numbers.entries())
        batch.put(this.entries, keyOf(partition, number), value);
    });
    return new Map(numbers.map((number, partition) => [partition, String(number)]));
  }

  async progressOf(partition: number): Promise<Progress | null> {
    return this.at(partition).progress;
  }

  async commit(partition: number, epoch: number, progress: Progress): Promise<boolean> {
    const state = this.at(partition);
    if (epoch < state.epoch) return false;
    state.epoch = epoch;
    const { position, closedThroughMs } = progress;
    await this.environment.batch((batch) =>
      batch.put(this.progress, partition, { position, closedThroughMs, epoch }),
    );
    state.progress = { position, closedThroughMs };
    return true;
  }

  async trim(partition: number): Promise<void> {
    const state = this.at(partition);
    const committed = state.progress?.position ?? null;
    if (committed === null) return;
    const end = Math.min(state.nextNumber, Number(committed) + 1);
    while (state.firstNumber < end) {
      const first = state.firstNumber;
      const stepEnd = Math.min(end, first + TRIM_STEP_ENTRIES);
      await this.environment.batch((batch) => {
        for (let number = first; number < stepEnd; number++)
          batch.remove(this.entries, keyOf(partition, number));
      });
      state.firstNumber = Math.max(state.firstNumber, stepEnd);
    }
  }

  async entriesHeld(): Promise<number> {
    return this.held();
  }

  /** The environment is closed by whoever opened it. */
  async close(): Promise<void> {}

  private held(): number {
    let held = 0;
    for (const { firstNumber, nextNumber } of this.byPartition) held += nextNumber - firstNumber;
    return held;
  }

  private load(partition: number): Partition {
    const ends = { start: keyOf(partition, 0), end: keyOf(partition + 1, 0), limit: 1 };
    const backwards = { start: ends.end, end: ends.start, limit: 1, reverse: true, exclusiveStart: true };
    const [first] = this.entries.getKeys(ends);
    const [last] = this.entries.getKeys(backwards);
    const stored = this.progress.get(partition);
    // Everything may be trimmed: numbers go on above the committed position, so that none is used twice.
    const committed = stored?.position == null ? 0 : Number(stored.position);
    const nextNumber = Math.max(last ? numberOf(last) : 0, committed) + 1;
    return {
      firstNumber: first ? numberOf(first) : nextNumber,
      nextNumber,
      epoch: stored?.epoch ?? 0,
      progress: stored ? { position: stored.position, closedThroughMs: stored.closedThroughMs } : null,
    };
  }

  private at(partition: number): Partition {
    const state = this.byPartition[partition];
    if (!state) throw new RangeError(`the log has partitions 0 to ${this.partitions - 1}, not ${partition}`);
    return state;
  }
}

/** Partition (u16) and number (48 bits), most significant byte first, so that byte order is their order. */
function keyOf(partition: number, number: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt16BE(partition, 0);
  key.writeUIntBE(number, 2, 6);
  return key;
}

function numberOf(key: Uint8Array): number {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUIntBE(2, 6);
}

import { type KeptProgress, keepProgress } from './kept-progress.ts';
import { laterWatermark, watermarksAmong } from './later-watermark.ts';
import {
  type AppendBatch,
  type Durability,
  type LogEntry,
  LogFull,
  type LogPosition,
  type LogRecord,
  type Progress,
  type ReadingLog,
  type Watermark,
} from './reading-log.ts';

interface Partition extends KeptProgress {
  /** Entries at `entries[head..]`; the one at `head` has number `firstNumber`. */
  entries: LogEntry[];
  head: number;
  firstNumber: number;
}

/** So many forgotten entries may stay at the front of an array before it is cut. */
const SLACK_ENTRIES = 512;

export interface MemoryReadingLogOptions {
  partitions: number;
  entriesMax: number;
  /** `true`: what is appended is the log's to keep as it is. Default: it keeps copies. */
  ownsRecords?: boolean;
}

/**
 * The reading log of the whole-system simulation: exact, in this process's memory, gone with it. No clock and
 * no timer.
 */
export class MemoryReadingLog implements ReadingLog {
  readonly partitions: number;
  readonly durability: Durability = {
    level: 'process',
    known: 'declared',
    detail: 'memory of this process; the simulation crashes its parts, never its stores',
  };

  private readonly entriesMax: number;
  private readonly ownsRecords: boolean;
  private readonly byPartition: Partition[];
  private readonly watermarks = new Map<number, Watermark>();
  private held = 0;

  constructor(options: MemoryReadingLogOptions) {
    this.partitions = options.partitions;
    this.entriesMax = options.entriesMax;
    this.ownsRecords = options.ownsRecords ?? false;
    this.byPartition = Array.from({ length: options.partitions }, () => ({
      entries: [],
      head: 0,
      firstNumber: 1,
      epoch: 0,
      progress: null,
    }));
  }

  async append({ receivedAtMs, partitions, watermarks }: AppendBatch): Promise<void> {
    if (this.held + partitions.length > this.entriesMax) throw new LogFull(logFullText(this.entriesMax));
    for (const { partition, records } of partitions) {
      this.add(partition, {
        position: '',
        receivedAtMs,
        records: this.ownsRecords ? records : copyOf(records),
      });
    }
    for (const [device, next] of watermarks) {
      const stored = this.watermarks.get(device);
      const later = laterWatermark(stored, next);
      if (later !== stored) this.watermarks.set(device, this.ownsRecords ? later : { ...later });
    }
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
      const { entries, head, firstNumber } = this.at(partition);
      const start = head + Math.max(0, after === null ? 0 : Number(after) + 1 - firstNumber);
      if (start < entries.length) read.set(partition, entries.slice(start, start + limit));
    }
    return read;
  }

  async appendCloseOpen(receivedAtMs: number): Promise<Map<number, LogPosition>> {
    const positions = new Map<number, LogPosition>();
    for (let partition = 0; partition < this.partitions; partition++) {
      positions.set(
        partition,
        this.add(partition, { position: '', receivedAtMs, records: [], closeOpen: true }),
      );
    }
    return positions;
  }

  async progressOf(partition: number): Promise<Progress | null> {
    return this.at(partition).progress;
  }

  async commit(partition: number, epoch: number, progress: Progress): Promise<boolean> {
    return keepProgress(this.at(partition), epoch, progress);
  }

  async trim(partition: number): Promise<void> {
    const state = this.at(partition);
    const committed = state.progress?.position ?? null;
    if (committed === null) return;
    const forget = Math.min(state.entries.length - state.head, Number(committed) + 1 - state.firstNumber);
    if (forget <= 0) return;
    this.held -= forget;
    state.firstNumber += forget;
    state.head += forget;
    if (state.head >= SLACK_ENTRIES || state.head === state.entries.length) {
      state.entries.splice(0, state.head);
      state.head = 0;
    }
  }

  async entriesHeld(): Promise<number> {
    return this.held;
  }

  async close(): Promise<void> {}

  private add(partition: number, entry: LogEntry): LogPosition {
    const state = this.at(partition);
    entry.position = String(state.firstNumber + state.entries.length - state.head);
    state.entries.push(entry);
    this.held += 1;
    return entry.position;
  }

  private at(partition: number): Partition {
    const state = this.byPartition[partition];
    if (!state) throw new RangeError(`the log has partitions 0 to ${this.partitions - 1}, not ${partition}`);
    return state;
  }
}

export function logFullText(entriesMax: number): string {
  return `the reading log holds ${entriesMax} entries, its bound (logEntriesMax): the processors are behind`;
}

/** Small pieces are cut from larger ones: many small ones would each cost more than they hold. */
const POOL_BYTES = 64 * 1024;
let pool = new ArrayBuffer(0);
let poolAt = 0;

function copyOf(records: readonly LogRecord[]): LogRecord[] {
  return records.map(({ patient, ward, bytes }) => {
    if (poolAt + bytes.length > pool.byteLength) {
      pool = new ArrayBuffer(Math.max(POOL_BYTES, bytes.length));
      poolAt = 0;
    }
    const copy = new Uint8Array(pool, poolAt, bytes.length);
    copy.set(bytes);
    poolAt += bytes.length;
    return { patient, ward, bytes: copy };
  });
}

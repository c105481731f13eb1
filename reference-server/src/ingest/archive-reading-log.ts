import { decodeFrame } from '@gaitway/contract';
import type { Archive, StoredReading } from '../archive/archive.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import { StoreFault } from '../stores/store-fault.ts';
import { AcknowledgementTracker } from './acknowledgement-tracker.ts';
import { type KeptProgress, keepProgress } from './kept-progress.ts';
import { laterWatermark, watermarksAmong } from './later-watermark.ts';
import type {
  AppendBatch,
  Durability,
  DurabilityLevel,
  LogEntry,
  LogPosition,
  LogRecord,
  Progress,
  ReadingLog,
  Watermark,
} from './reading-log.ts';

interface Partition extends KeptProgress {
  /** The next reading gets this number. */
  nextNumber: number;
  /** What lies at or below was stored by an append that has ended: readers see no further. */
  settledNumber: number;
}

export interface ArchiveReadingLogOptions {
  partitions: number;
  /** What an acknowledged reading has to outlive. */
  durability: DurabilityLevel;
}

const POSITION_DIGITS = 16;
/** How many stored readings are looked at in one step at start. */
const LOAD_STEP = 1000;
/** How often an append looks for free positions. Each time another process must have been faster. */
const TRIES_MAX = 10;
/** The marker is kept as a reading of nobody, without a frame. */
const MARKER: LogRecord = { patient: '', ward: '', bytes: new Uint8Array(0) };

/**
 * The reading log of `--cache off`: every reading is a document of the archive, written before it is
 * acknowledged, and read back from there. This is the plans' baseline, not a good idea.
 *
 * One process appends: positions are counted in its memory. Where two do for a while (a rolling restart),
 * none replaces a reading of the other: who finds a position taken goes on above it. What the other appended
 * may then be read only when this process appends above it, or after the next start. Progress and watermarks
 * live in memory too; a new process makes the watermarks again from the stored readings, and repeats these
 * from the first one that is left. That is not bounded by progress that is kept: what the other process appended
 * below it would then be read by nobody. What it leaves out: trimming and a bound, which are the retention's work.
 */
export class ArchiveReadingLog implements ReadingLog {
  readonly partitions: number;
  readonly durability: Durability;

  private readonly archive: Archive;
  private readonly byPartition: Partition[] = [];
  /**
   * Of every device that was ever heard: some hundred bytes each, bounded by the population that the server is
   * for, not by time. A device has one, whatever its boots.
   */
  private readonly watermarks = new Map<number, Watermark>();
  /** Appends end in the order in which they began, so that a reader at the tail misses none. */
  private readonly appends = new OneAtATime();

  private constructor(archive: Archive, options: ArchiveReadingLogOptions) {
    this.archive = archive;
    this.partitions = options.partitions;
    this.durability = durabilityOf(archive, options.durability);
  }

  /**
   * Looks at all stored readings once, to know where to go on and what each device may be acknowledged. Throws a
   * {@link StoreFault} when what the archive confirms is not as durable as was asked for.
   */
  static async open(archive: Archive, options: ArchiveReadingLogOptions): Promise<ArchiveReadingLog> {
    const log = new ArchiveReadingLog(archive, options);
    for (let partition = 0; partition < options.partitions; partition++) {
      const lastNumber = await log.load(partition);
      log.byPartition.push({
        nextNumber: lastNumber + 1,
        settledNumber: lastNumber,
        epoch: 0,
        progress: null,
      });
    }
    return log;
  }

  append({ receivedAtMs, partitions, watermarks }: AppendBatch): Promise<void> {
    return this.appends.run(async () => {
      const readings = partitions.flatMap(({ partition, records }) =>
        records.map((record) => this.readingOf(partition, receivedAtMs, record)),
      );
      await this.store(readings);
      for (const [device, next] of watermarks) this.merge(device, next);
    });
  }

  async watermarksOf(devices: readonly number[]): Promise<Map<number, Watermark>> {
    return watermarksAmong(this.watermarks, devices);
  }

  async read(
    from: readonly { partition: number; after: LogPosition | null }[],
    limit: number,
  ): Promise<Map<number, LogEntry[]>> {
    const read = new Map<number, LogEntry[]>();
    await Promise.all(
      from.map(async ({ partition, after }) => {
        const { settledNumber } = this.at(partition);
        if (settledNumber <= (after === null ? 0 : Number(after))) return;
        const readings = await this.archive.readingsAfter(partition, after, limit);
        const settled = readings.filter(({ position }) => Number(position) <= settledNumber);
        if (settled.length > 0) read.set(partition, settled.map(entryOf));
      }),
    );
    return read;
  }

  appendCloseOpen(receivedAtMs: number): Promise<Map<number, LogPosition>> {
    return this.appends.run(async () => {
      const markers = this.byPartition.map((_, partition) => this.readingOf(partition, receivedAtMs, MARKER));
      await this.store(markers);
      return new Map(markers.map(({ partition, position }) => [partition, position]));
    });
  }

  async progressOf(partition: number): Promise<Progress | null> {
    return this.at(partition).progress;
  }

  async commit(partition: number, epoch: number, progress: Progress): Promise<boolean> {
    return keepProgress(this.at(partition), epoch, progress);
  }

  async trim(partition: number): Promise<void> {
    this.at(partition);
  }

  /** Readings that are not archived as part of a window yet; those that are stay until they expire. */
  async entriesHeld(): Promise<number> {
    let held = 0;
    for (const { settledNumber, progress } of this.byPartition)
      held += settledNumber - Number(progress?.position ?? 0);
    return held;
  }

  /** The archive is closed by whoever opened it. */
  async close(): Promise<void> {}

  private async store(readings: readonly StoredReading[]): Promise<void> {
    let taken = await this.archive.saveReadings(readings);
    for (let tries = 1; taken.length > 0; tries++) {
      if (tries === TRIES_MAX) throw new Error('other processes took every position that was tried');
      for (const partition of new Set(taken.map((reading) => reading.partition)))
        await this.catchUp(partition);
      for (const reading of taken) reading.position = this.nextPosition(reading.partition);
      taken = await this.archive.saveReadings(taken);
    }
    for (const { partition, position } of readings) {
      const state = this.at(partition);
      state.settledNumber = Math.max(state.settledNumber, Number(position));
    }
  }

  private readingOf(
    partition: number,
    receivedAtMs: number,
    { patient, ward, bytes }: LogRecord,
  ): StoredReading {
    return { patient, ward, partition, position: this.nextPosition(partition), receivedAtMs, bytes };
  }

  private nextPosition(partition: number): LogPosition {
    return String(this.at(partition).nextNumber++).padStart(POSITION_DIGITS, '0');
  }

  /** Goes on above what others have appended. */
  private async catchUp(partition: number): Promise<void> {
    const state = this.at(partition);
    const last = await this.archive.lastReadingPosition(partition);
    state.nextNumber = Math.max(state.nextNumber, Number(last ?? 0) + 1);
  }

  private async load(partition: number): Promise<number> {
    const trackers = new Map<number, AcknowledgementTracker>();
    let after: string | null = null;
    for (;;) {
      const readings: StoredReading[] = await this.archive.readingsAfter(partition, after, LOAD_STEP);
      for (const { bytes } of readings) this.takeUp(trackers, bytes);
      after = readings.at(-1)?.position ?? after;
      if (readings.length < LOAD_STEP) return after === null ? 0 : Number(after);
    }
  }

  /** What a device was acknowledged follows from its frames by the very rule that acknowledged them. */
  private takeUp(trackers: Map<number, AcknowledgementTracker>, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (typeof frame === 'string') return;
    const { device, boot, seq, startMs, oldestHeldSeq } = frame;
    const tracker = trackers.get(device) ?? new AcknowledgementTracker();
    trackers.set(device, tracker);
    tracker.heldFrom(boot, oldestHeldSeq, startMs);
    tracker.markDurable(boot, seq, startMs);
    this.merge(device, { boot, seq: tracker.acknowledgement(boot).seq, startMs });
  }

  private merge(device: number, next: Watermark): void {
    const stored = this.watermarks.get(device);
    const later = laterWatermark(stored, next);
    if (later !== stored) this.watermarks.set(device, { ...later });
  }

  private at(partition: number): Partition {
    const state = this.byPartition[partition];
    if (!state) throw new RangeError(`the log has partitions 0 to ${this.partitions - 1}, not ${partition}`);
    return state;
  }
}

function durabilityOf({ durability }: Archive, asked: DurabilityLevel): Durability {
  const { level, known, detail } = durability;
  if (asked === 'machine' && level === 'process') {
    throw new StoreFault(
      'archive_not_durable',
      `With the cache off the archive is all that keeps readings, and it does not keep what it confirmed as the durability "machine" asks for (${detail}).`,
      'Let it confirm from the disk, or ask for the durability "process".',
    );
  }
  return { level, known, detail: `no log (cache off), readings go straight to the archive. ${detail}` };
}

function entryOf({ position, receivedAtMs, patient, ward, bytes }: StoredReading): LogEntry {
  if (bytes.length === 0) return { position, receivedAtMs, records: [], closeOpen: true };
  return { position, receivedAtMs, records: [{ patient, ward, bytes }] };
}

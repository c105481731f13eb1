import { decodeFrame } from '@gaitway/contract';
import type { Archive, StoredReading } from '../archive/archive.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import { AcknowledgementTracker } from './acknowledgement-tracker.ts';
import { laterWatermark } from './later-watermark.ts';
import type {
  AppendBatch,
  Durability,
  LogEntry,
  LogPosition,
  LogRecord,
  Progress,
  ReadingLog,
  Watermark,
} from './reading-log.ts';

interface Partition {
  /** The next reading gets this number. */
  nextNumber: number;
  /** What lies at or below was stored by an append that has ended: readers see no further. */
  settledNumber: number;
  epoch: number;
  progress: Progress | null;
}

export interface ArchiveReadingLogOptions {
  partitions: number;
  /** What the archive keeps of what it has confirmed. */
  durability?: Durability;
}

const POSITION_DIGITS = 16;
/** How many stored readings are looked at in one step at start. */
const LOAD_STEP = 1000;
/** The marker is kept as a reading of nobody, without a frame. */
const MARKER: LogRecord = { patient: '', ward: '', bytes: new Uint8Array(0) };

const DURABILITY_DEFAULT: Durability = {
  level: 'process',
  known: 'declared',
  detail: "no log (cache off): an acknowledged reading is as durable as the archive's confirmed write",
};

/**
 * The reading log of `--cache off`: every reading is a document of the archive, written before it is
 * acknowledged, and read back from there. This is the plans' baseline, not a good idea.
 *
 * One process appends: positions are counted in its memory. Progress and watermarks live there too; a new
 * process makes the watermarks again from the stored readings, and repeats them from the first one. What it
 * leaves out: trimming and a bound, which are the retention's work.
 */
export class ArchiveReadingLog implements ReadingLog {
  readonly partitions: number;
  readonly durability: Durability;

  private readonly archive: Archive;
  private readonly byPartition: Partition[] = [];
  private readonly watermarks = new Map<number, Watermark>();
  /** Appends end in the order in which they began, so that a reader at the tail misses none. */
  private readonly appends = new OneAtATime();

  private constructor(archive: Archive, options: ArchiveReadingLogOptions) {
    this.archive = archive;
    this.partitions = options.partitions;
    this.durability = options.durability ?? DURABILITY_DEFAULT;
  }

  /** Looks at all stored readings once, to know where to go on and what each device may be acknowledged. */
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
    const found = new Map<number, Watermark>();
    for (const device of devices) {
      const watermark = this.watermarks.get(device);
      if (watermark) found.set(device, watermark);
    }
    return found;
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
    const state = this.at(partition);
    if (epoch < state.epoch) return false;
    state.epoch = epoch;
    state.progress = { ...progress };
    return true;
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
    await this.archive.saveReadings(readings);
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
    const position = String(this.at(partition).nextNumber++).padStart(POSITION_DIGITS, '0');
    return { patient, ward, partition, position, receivedAtMs, bytes };
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
    tracker.heldFrom(boot, oldestHeldSeq);
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

function entryOf({ position, receivedAtMs, patient, ward, bytes }: StoredReading): LogEntry {
  if (bytes.length === 0) return { position, receivedAtMs, records: [], closeOpen: true };
  return { position, receivedAtMs, records: [{ patient, ward, bytes }] };
}

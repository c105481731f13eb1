import type { Database } from 'lmdb';
import type { WriteBatch } from '../stores/lmdb-environment.ts';
import { laterWatermark } from './later-watermark.ts';
import type { Watermark } from './reading-log.ts';

/** Device (u32), boot (u16), seq + 1 (40 bits: -1 is "nothing durable yet"), startMs (48 bits), little-endian. */
const WATERMARK_BYTES = 17;
/** A new snapshot is worth its writing after so many notes, or so many bytes of them. */
const NOTES_MAX = 4096;
const NOTE_BYTES_MIN = 1 << 20;

interface WrittenNote {
  note: number;
  watermarks: ReadonlyMap<number, Watermark>;
}

/**
 * The watermarks of all devices: in memory, and on disk as a journal of notes. A batch of a thousand
 * readings moves a thousand watermarks; written one by one they would touch as many pages, as one note they
 * are 16 KB. From time to time everything is written as one note, and the earlier ones are removed.
 */
export class WatermarkJournal {
  private readonly notes: Database<Buffer, number>;
  private readonly watermarks = new Map<number, Watermark>();
  private nextNote: number;
  private firstNote: number;
  /** Notes up to here are in `watermarks`. */
  private settledNote: number;
  private bytesSinceSnapshot = 0;

  constructor(notes: Database<Buffer, number>) {
    this.notes = notes;
    this.firstNote = 0;
    let last = -1;
    for (const { key, value } of notes.getRange({})) {
      if (last < 0) this.firstNote = key;
      last = key;
      this.merge(decodeWatermarks(value));
    }
    this.nextNote = last + 1;
    this.settledNote = last;
  }

  get(device: number): Watermark | undefined {
    return this.watermarks.get(device);
  }

  /**
   * Writes a note with a batch; {@link settle} wants what it returns once the batch is durable.
   * Notes are settled in the order in which they were written.
   */
  write(batch: WriteBatch, next: ReadonlyMap<number, Watermark>): WrittenNote {
    const note = this.nextNote++;
    const bytes = encodeWatermarks(next);
    this.bytesSinceSnapshot += bytes.length;
    batch.put(this.notes, note, bytes);
    return { note, watermarks: next };
  }

  settle(written: WrittenNote): void {
    this.settledNote = written.note;
    this.merge(written.watermarks);
  }

  /** `true`: the notes have grown long, {@link compact} is worth its writing. */
  get isLong(): boolean {
    const snapshotBytes = this.watermarks.size * WATERMARK_BYTES;
    return (
      this.settledNote - this.firstNote >= NOTES_MAX ||
      this.bytesSinceSnapshot >= Math.max(NOTE_BYTES_MIN, 4 * snapshotBytes)
    );
  }

  /** Replaces all notes that are settled by one. Notes under way stay. */
  compact(batch: WriteBatch): void {
    const through = this.settledNote;
    const snapshot = this.nextNote++;
    batch.put(this.notes, snapshot, encodeWatermarks(this.watermarks));
    for (let note = this.firstNote; note <= through; note++) batch.remove(this.notes, note);
    this.firstNote = through + 1;
    this.bytesSinceSnapshot = 0;
  }

  private merge(watermarks: ReadonlyMap<number, Watermark>): void {
    for (const [device, next] of watermarks) {
      const stored = this.watermarks.get(device);
      const later = laterWatermark(stored, next);
      if (later !== stored) this.watermarks.set(device, { ...later });
    }
  }
}

function encodeWatermarks(watermarks: ReadonlyMap<number, Watermark>): Buffer {
  const bytes = Buffer.allocUnsafeSlow(watermarks.size * WATERMARK_BYTES);
  let at = 0;
  for (const [device, { boot, seq, startMs }] of watermarks) {
    bytes.writeUInt32LE(device, at);
    bytes.writeUInt16LE(boot, at + 4);
    bytes.writeUIntLE(seq + 1, at + 6, 5);
    bytes.writeUIntLE(startMs, at + 11, 6);
    at += WATERMARK_BYTES;
  }
  return bytes;
}

function decodeWatermarks(bytes: Buffer): Map<number, Watermark> {
  const watermarks = new Map<number, Watermark>();
  for (let at = 0; at + WATERMARK_BYTES <= bytes.length; at += WATERMARK_BYTES) {
    watermarks.set(bytes.readUInt32LE(at), {
      boot: bytes.readUInt16LE(at + 4),
      seq: bytes.readUIntLE(at + 6, 5) - 1,
      startMs: bytes.readUIntLE(at + 11, 6),
    });
  }
  return watermarks;
}

/** Where the readings of a patient live until they are archived: one partition, by hash of the patient. */

import { hashString } from '@gaitway/contract';

/** A place in one partition. Opaque outside the adapter, but for its order: see `isAtOrAfter`. */
export type LogPosition = string;

/** One frame, and whom it belongs to by the token that it came with. */
export interface LogRecord {
  patient: string;
  ward: string;
  /** A whole, checked frame. */
  bytes: Uint8Array;
}

/** What one append put into one partition. */
export interface LogEntry {
  position: LogPosition;
  /** The gateway's clock when the batch was appended. */
  receivedAtMs: number;
  records: LogRecord[];
  /** A marker instead of records: everything that is open here is to be closed now, complete or not. */
  closeOpen?: boolean;
}

/** Everything of `boot` up to `seq` is durable or was declared dropped; `startMs` is that frame's start. */
export interface Watermark {
  boot: number;
  seq: number;
  startMs: number;
}

export interface PartitionBatch {
  partition: number;
  records: LogRecord[];
}

export interface AppendBatch {
  receivedAtMs: number;
  partitions: PartitionBatch[];
  /** What is true of each device once this batch is durable; stored with it. Never lowers a stored watermark of the same boot. */
  watermarks: Map<number, Watermark>;
}

/** How far a processor got with a partition. */
export interface Progress {
  /** Everything up to here is archived; `null`: nothing is. */
  position: LogPosition | null;
  /** Every window that ends at or before this moment was closed and archived. */
  closedThroughMs: number;
}

/** `process`: survives a killed process. `machine`: survives power loss. */
export const DURABILITY_LEVELS = ['process', 'machine'] as const;
export type DurabilityLevel = (typeof DURABILITY_LEVELS)[number];

export interface Durability {
  level: DurabilityLevel;
  /** `checked`: read from the store's own configuration. `declared`: it does not say, and we were told. */
  known: 'checked' | 'declared';
  detail: string;
}

/** The log is at its bound: nothing was appended. Devices are told `busy`. */
export class LogFull extends Error {
  override name = 'LogFull';
}

/**
 * The reading log. What it leaves out on purpose: no look-up by patient or time (that is the archive's
 * work), no trimming by length (only what is committed may go).
 */
export interface ReadingLog {
  readonly partitions: number;
  readonly durability: Durability;

  /** Durable when it resolves. Rejects with {@link LogFull}, or with the store's error (then it is unknown what was kept). */
  append(batch: AppendBatch): Promise<void>;

  /** The watermark of each device that has one. */
  watermarksOf(devices: readonly number[]): Promise<Map<number, Watermark>>;

  /** The next entries of several partitions, oldest first, at most `limit` entries each; empty at the tail. Does not wait. */
  read(
    from: readonly { partition: number; after: LogPosition | null }[],
    limit: number,
  ): Promise<Map<number, LogEntry[]>>;

  /** Puts a marker that closes open windows into every partition (see {@link LogEntry.closeOpen}). */
  appendCloseOpen(receivedAtMs: number): Promise<Map<number, LogPosition>>;

  progressOf(partition: number): Promise<Progress | null>;

  /** Stores progress. `false`: a higher epoch owns the partition, nothing was changed. */
  commit(partition: number, epoch: number, progress: Progress): Promise<boolean>;

  /** Forgets what lies at or below the committed position. */
  trim(partition: number): Promise<void>;

  /** Entries that are kept, over all partitions (an estimate is good enough). */
  entriesHeld(): Promise<number>;

  close(): Promise<void>;
}

/** The partition of a patient: the same on every instance, for ever. */
export function partitionOf(patient: string, partitions: number): number {
  return hashString(patient, 0x70617274) % partitions;
}

import type { WindowSettings } from '@gaitway/contract';

/**
 * The ledger on disk: what became of every reading, as the devices know it. All numbers little-endian.
 *
 * Each worker process writes two files: `readings` (what became of each reading) and `frames` (the
 * frames of a seeded one per cent of the windows, and of one patient's first windows). Both are
 *
 *     magic 'GWLG' · version u16 · content u8 (0 readings, 1 frames) · 0 u8 · header length u32
 *     · header (JSON, see LedgerHeader) · crc32 of the header u32
 *
 * followed by blocks, appended as the run goes. A block is
 *
 *     block magic u32 · body length u32 · crc32 of the body u32 · body: whole records
 *
 * so a crash costs at most the block that was being written, and a reader knows which one that is.
 *
 * Records, by their first byte:
 *
 *     1 run (34 bytes): one unbroken run of seqs of one patient, window and boot that had one outcome
 *         0 kind u8 · 1 outcome u8 (bits 0-1 outcome, 2 sent at least once, 3 raw chunks) · 2 boot u16
 *         4 patient u32 · 8 device u32 · 12 first seq u32 · 16 count u32 · 20 window start 48 bits
 *         26 digest of the run's frames, low u32 · 30 high u32
 *     2 name (14 + n bytes): the first time that a patient, or a patient's other device, is met
 *         0 kind u8 · 1 0 u8 · 2 n u16 · 4 patient u32 · 8 device u32 · 12 0 u16 · 14 the patient's id, UTF-8
 *     3 newest (20 bytes), at the end: starts of the patient's newest readings, 0 where there is none
 *         0 kind u8 · 1 0 u8 · 2 0 u16 · 4 patient u32 · 8 newest acknowledged 48 bits · 14 newest sent 48 bits
 *     4 end (64 bytes): the worker finished; without it the file is that of a run that broke off
 *         0 kind u8 · 1-3 0 · 4 readings made f64 · 12 runs written f64
 *         · 20 acknowledged f64 · 28 dropped f64 · 36 refused f64 · 44 unacknowledged f64 · 52 frames kept f64 · 60-63 0
 *     5 frame (108 bytes), only in a `frames` file: the fixed part of a sampled window's frame
 *         0 kind u8 · 1 0 u8 · 2 length u16 · 4 patient u32 · 8 header and features payload (no trailer)
 *     6 flagged (24 bytes; not in version 2): a reading whose device said that samples lack, or that it was not worn
 *         0 kind u8 · 1 flags u8, as in the frame · 2 boot u16 · 4 patient u32 · 8 device u32 · 12 seq u32
 *         16 start 48 bits · 22 samples u8 · 23 0 u8
 *
 * The ordinary window (one boot, one unbroken range, all acknowledged) is one run: 34 bytes. What is
 * unusual needs no other kind of record: a gap, a reboot, a reading that was resolved after its window's
 * record was written each give one more run, and the reader puts those of a window together. A reading
 * that was sent but not acknowledged may or may not be stored, so each one is a run of its own and keeps
 * its own digest; readings that were never sent cannot be stored, and are kept as runs.
 */
export const LEDGER_VERSION = 3;
/** The oldest version that is still read. */
export const LEDGER_VERSION_LEAST = 2;
export const LEDGER_MAGIC = 0x474c5747; // 'GWLG'
export const BLOCK_MAGIC = 0x314b4c42; // 'BLK1'
export const PREFIX_BYTES = 12;
export const BLOCK_HEADER_BYTES = 12;
/** A block body longer than this was not written by a ledger writer. */
export const BLOCK_BODY_BYTES_MAX = 1024 * 1024;
/** A header longer than this was not written by a ledger writer. */
export const LEDGER_HEADER_BYTES_MAX = 64 * 1024;

export const RecordKind = { run: 1, name: 2, newest: 3, end: 4, frame: 5, flagged: 6 } as const;
export const RUN_BYTES = 34;
export const NAME_BYTES = 14;
export const NEWEST_BYTES = 20;
export const END_BYTES = 64;
export const FRAME_RECORD_BYTES = 108;
export const FLAGGED_BYTES = 24;
/** Header and features payload: what a frame record holds. */
export const FRAME_FIXED_BYTES = 100;

/**
 * How the device was done with a reading: the server acknowledged it; the device gave it up (ring full,
 * or reboot); the server refused it, so the device gave it up; it was still held when drain ended.
 */
export const READING_OUTCOMES = ['acknowledged', 'dropped', 'refused', 'unacknowledged'] as const;
export type ReadingOutcome = (typeof READING_OUTCOMES)[number];

export const OUTCOME_SENT = 4;
export const OUTCOME_RAW = 8;

export const LEDGER_CONTENTS = ['readings', 'frames'] as const;
export type LedgerContent = (typeof LEDGER_CONTENTS)[number];

/** What every file of a run says of itself. */
export interface LedgerHeader {
  runId: string;
  seed: number;
  window: WindowSettings;
  /** Patients of the whole run; indexes are below it. */
  patients: number;
  /** This worker, from 0, and how many there are. */
  worker: number;
  workers: number;
}

export type LedgerFaultCode =
  | 'ledger_not_a_ledger'
  | 'ledger_version'
  | 'ledger_corrupt'
  | 'ledger_mixed_runs'
  | 'ledger_empty'
  | 'ledger_write';

/** A ledger that cannot be read or written: which file, what is wrong, what to do. */
export class LedgerError extends Error {
  readonly code: LedgerFaultCode;
  readonly file: string;

  constructor(code: LedgerFaultCode, file: string, says: string, options?: ErrorOptions) {
    super(`${file}: ${says}`, options);
    this.name = 'LedgerError';
    this.code = code;
    this.file = file;
  }
}

/** Name of one worker's file in the folder of a run. */
export function ledgerFileName(content: LedgerContent, worker: number, workers: number): string {
  return `ledger-${content}-${worker}-of-${workers}.bin`;
}

import {
  BLOCK_HEADER_BYTES,
  END_BYTES,
  FRAME_RECORD_BYTES,
  LEDGER_HEADER_BYTES_MAX,
  NAME_BYTES,
  NEWEST_BYTES,
  RUN_BYTES,
} from './ledger-format.ts';
import { SAMPLED_SHARE, WITNESS_WINDOWS } from './ledger-sample.ts';

export interface LedgerSizeQuestion {
  patients: number;
  durationMs: number;
  slotMs: number;
  windowMs: number;
  /** Length of a patient's id in bytes. */
  patientIdBytes: number;
  /** Runs a patient and window: 1 when all is acknowledged in one unbroken row. */
  runsPerWindow: number;
  workers: number;
}

export interface LedgerSize {
  readingsBytes: number;
  framesBytes: number;
  bytes: number;
  /** Both files, divided by patients and windows. */
  bytesPerPatientAndWindow: number;
}

/** What the ledger of a run takes on disk, by the arithmetic of its records: said before a run, and tested against real files. */
export function ledgerSize(question: LedgerSizeQuestion): LedgerSize {
  const { patients, durationMs, slotMs, windowMs, workers } = question;
  // Windows are cut at the patient's own phase, so a run touches one more than fit into it.
  const windows = Math.ceil(durationMs / windowMs) + 1;
  const runs = patients * windows * question.runsPerWindow;
  const people = patients * (NAME_BYTES + question.patientIdBytes + NEWEST_BYTES);
  const readingsBytes = withBlocks(runs * RUN_BYTES + people + workers * END_BYTES);
  const readings = patients * Math.ceil(durationMs / slotMs);
  const witnessed = Math.ceil((WITNESS_WINDOWS * windowMs) / slotMs);
  const framesBytes = withBlocks((Math.ceil(readings * SAMPLED_SHARE) + witnessed) * FRAME_RECORD_BYTES);
  const bytes = readingsBytes + framesBytes + 2 * workers * HEADER_GUESS_BYTES;
  return { readingsBytes, framesBytes, bytes, bytesPerPatientAndWindow: bytes / (patients * windows) };
}

/** A file's header is JSON of about 250 bytes; this leaves room for a long run id. */
const HEADER_GUESS_BYTES = LEDGER_HEADER_BYTES_MAX / 128;

/** One block header for each 60,000 bytes: a block is full at 65,536 bytes less a record at most. */
function withBlocks(bytes: number): number {
  return bytes + Math.ceil(bytes / 60_000) * BLOCK_HEADER_BYTES;
}

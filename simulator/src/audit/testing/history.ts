import {
  encodeFrame,
  FEATURE_FIELDS,
  FrameKind,
  hash32,
  PAYLOAD_BYTES,
  uniform,
  WINDOW_SETTINGS_DEFAULT,
  type WindowSettings,
  writeFeatures,
} from '@gaitway/contract';
import type { Ledger } from '../../ledger/ledger.ts';
import type { ReadingOutcome } from '../../ledger/ledger-format.ts';
import { readLedger } from '../../ledger/ledger-reader.ts';
import { MemoryLedgerFile } from '../../ledger/ledger-sink.ts';
import { LedgerWriter } from '../../ledger/ledger-writer.ts';

/** One reading, from the device's side and from the honest server's. */
export interface Told {
  patientIndex: number;
  bytes: Uint8Array;
  startMs: number;
  boot: number;
  seq: number;
  outcome: ReadingOutcome;
  everSent: boolean;
  /** The server has it: always when it was acknowledged, perhaps when it was only sent. */
  stored: boolean;
  /** It came after its window had closed. */
  late: boolean;
}

export interface HistoryOptions {
  seed: number;
  patients: number;
  readings: number;
  slotMs: number;
  /** Shares of the readings, 0 to 1. */
  dropped: number;
  refused: number;
  unacknowledged: number;
  late: number;
  /** Share of the readings before which the device restarts. */
  reboots: number;
  /** Share of the readings that are raw chunks. */
  raw: number;
  /** With which boot the devices begin. */
  firstBoot: number;
  workers: number;
  window: WindowSettings;
  startMs: number;
}

export const HISTORY_DEFAULT: Readonly<HistoryOptions> = {
  seed: 1,
  patients: 8,
  readings: 48,
  slotMs: 5000,
  dropped: 0,
  refused: 0,
  unacknowledged: 0,
  late: 0,
  reboots: 0,
  raw: 0,
  firstBoot: 1,
  workers: 1,
  window: WINDOW_SETTINGS_DEFAULT,
  startMs: 1_750_000_000_000,
};

export interface History extends HistoryOptions {
  told: Told[];
}

export function patientId(index: number): string {
  return `patient-${index}`;
}

export function deviceOf(patientIndex: number): number {
  return 1000 + patientIndex;
}

/** Everything that happened, in the order of time, as a function of the options only. */
export function makeHistory(options: Partial<HistoryOptions> = {}): History {
  const history: History = { ...HISTORY_DEFAULT, ...options, told: [] };
  const { seed, patients, readings } = history;
  const boots = new Uint16Array(patients).fill(history.firstBoot);
  const seqs = new Uint32Array(patients);
  for (let slot = 0; slot < readings; slot++) {
    for (let p = 0; p < patients; p++) {
      if (uniform(seed, 1, p, slot) < history.reboots) {
        boots[p]!++;
        seqs[p] = 0;
      }
      history.told.push(tell(history, p, slot, boots[p]!, seqs[p]!++));
    }
  }
  return history;
}

function tell(history: History, patientIndex: number, slot: number, boot: number, seq: number): Told {
  const { seed, slotMs } = history;
  const startMs = history.startMs + slot * slotMs + (hash32(seed, 2, patientIndex) % slotMs);
  const make = uniform(seed, 8, patientIndex, slot) < history.raw ? makeRawChunk : makeFrame;
  const bytes = make(deviceOf(patientIndex), boot, seq, startMs, hash32(seed, 3, patientIndex, slot));
  const outcome = drawOutcome(history, uniform(seed, 4, patientIndex, slot));
  const everSent = outcome === 'acknowledged' || uniform(seed, 5, patientIndex, slot) < 0.6;
  const stored = outcome === 'acknowledged' || (everSent && uniform(seed, 6, patientIndex, slot) < 0.5);
  const late = stored && uniform(seed, 7, patientIndex, slot) < history.late;
  return { patientIndex, bytes, startMs, boot, seq, outcome, everSent, stored, late };
}

function drawOutcome(history: History, draw: number): ReadingOutcome {
  if (draw < history.dropped) return 'dropped';
  if (draw < history.dropped + history.refused) return 'refused';
  if (draw < history.dropped + history.refused + history.unacknowledged) return 'unacknowledged';
  return 'acknowledged';
}

/** A features frame whose values follow from `salt`. */
export function makeFrame(
  device: number,
  boot: number,
  seq: number,
  startMs: number,
  salt: number,
): Uint8Array {
  const payload = new Uint8Array(PAYLOAD_BYTES[FrameKind.features]);
  const values = FEATURE_FIELDS.map((field, i) => {
    const value = hash32(salt, i) % (field.bytes === 1 ? 256 : 65_536);
    return field.signed ? value - 32_768 : value;
  });
  writeFeatures(payload, 0, values);
  return frameOf(FrameKind.features, device, boot, seq, startMs, payload);
}

/** A raw chunk whose samples follow from `salt`. */
export function makeRawChunk(
  device: number,
  boot: number,
  seq: number,
  startMs: number,
  salt: number,
): Uint8Array {
  const payload = Uint8Array.from({ length: PAYLOAD_BYTES[FrameKind.rawChunk] }, (_, i) => hash32(salt, i));
  return frameOf(FrameKind.rawChunk, device, boot, seq, startMs, payload);
}

export function frameOf(
  kind: FrameKind,
  device: number,
  boot: number,
  seq: number,
  startMs: number,
  payload: Uint8Array,
): Uint8Array {
  const mounting = { flags: 0, placement: 1, accelRange: 1, gyroRange: 1 };
  const header = {
    kind,
    ...mounting,
    device,
    boot,
    firmware: 1,
    seq,
    startMs,
    batteryMv: 3700,
    slotMs: 5000,
  };
  return encodeFrame(header, payload, seq);
}

/** The files that honest workers write of this history; patients are dealt out to them in turn. */
export function writeHistory(history: History): MemoryLedgerFile[] {
  const files: MemoryLedgerFile[] = [];
  for (let worker = 0; worker < history.workers; worker++) {
    const readings = new MemoryLedgerFile(`readings ${worker}`);
    const frames = new MemoryLedgerFile(`frames ${worker}`);
    files.push(readings, frames);
    const { seed, window, patients, workers } = history;
    const writer = new LedgerWriter({
      runId: 'run-1',
      seed,
      window,
      patients,
      worker,
      workers,
      patientId,
      readings,
      frames,
    });
    for (const { patientIndex, bytes, outcome, everSent } of history.told) {
      if (patientIndex % workers !== worker) continue;
      writer.made(patientIndex, bytes);
      writer.resolve(patientIndex, bytes, outcome, everSent);
    }
    writer.finish();
  }
  return files;
}

export function ledgerOf(history: History): Ledger {
  return readLedger(writeHistory(history));
}

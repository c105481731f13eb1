import type { Digest } from '@gaitway/contract';
import { readStartMs, windowPhaseMs, windowStartMs } from '@gaitway/contract';
import { BootRange } from './boot-range.ts';
import {
  FLAGGED_BYTES,
  FRAME_FIXED_BYTES,
  FRAME_RECORD_BYTES,
  type LedgerHeader,
  OUTCOME_RAW,
  OUTCOME_SENT,
  READING_OUTCOMES,
  type ReadingOutcome,
  RUN_BYTES,
} from './ledger-format.ts';
import { PatientRecords } from './patient-records.ts';

/** An unbroken run of readings of one device, boot and window that ended the same way. */
export interface LedgerRun {
  startMs: number;
  device: number;
  boot: number;
  fromSeq: number;
  count: number;
  outcome: ReadingOutcome;
  /** Written to a socket at least once: then it may be stored, whatever the outcome. */
  everSent: boolean;
  /** Raw chunks: ten frames make one reading. */
  raw: boolean;
  /** Digest of the run's frames. */
  digest: Digest;
}

/** A reading whose device said that it does not show what the patient did. */
export interface FlaggedReading {
  /** Start of its slot, by the device's clock. */
  startMs: number;
  /** As in the frame. */
  flags: number;
  /** Samples that the device has of the slot. */
  sampleCount: number;
}

/** How many readings were made, and what became of them, by outcome. */
export interface LedgerTotals extends Record<ReadingOutcome, number> {
  made: number;
}

/** A run's ledger, all workers together, ready to be asked patient by patient. */
export class Ledger {
  readonly header: Omit<LedgerHeader, 'worker'>;
  /** What is missing of this ledger, one sentence each. With any of it a clean audit proves nothing. */
  readonly problems: string[] = [];
  readonly totals: LedgerTotals = { made: 0, acknowledged: 0, dropped: 0, refused: 0, unacknowledged: 0 };
  readonly runs: PatientRecords;
  readonly frames: PatientRecords;
  readonly flagged: PatientRecords;
  /** The boots that this run's devices used. */
  readonly boots = new BootRange();
  private readonly names: (string | undefined)[];
  private readonly workerOf: Int32Array;
  private readonly newestMs: Float64Array;
  private readonly newestSentAtMs: Float64Array;
  private readonly indexes = new Map<string, number>();
  private readonly owners = new Map<number, number>();
  private readonly openEndedWorkers = new Set<number>();

  constructor(header: LedgerHeader) {
    const { worker: _, ...rest } = header;
    this.header = rest;
    this.runs = new PatientRecords(RUN_BYTES, header.patients);
    this.frames = new PatientRecords(FRAME_RECORD_BYTES, header.patients);
    this.flagged = new PatientRecords(FLAGGED_BYTES, header.patients);
    this.names = new Array<string | undefined>(header.patients);
    this.workerOf = new Int32Array(header.patients).fill(-1);
    this.newestMs = new Float64Array(header.patients);
    this.newestSentAtMs = new Float64Array(header.patients);
  }

  /** Used by the reader only. */
  meet(patientIndex: number, patient: string, device: number, worker: number): void {
    this.names[patientIndex] = patient;
    this.workerOf[patientIndex] = worker;
    this.indexes.set(patient, patientIndex);
    this.owners.set(device, patientIndex);
  }

  /** Used by the reader only. */
  setNewest(patientIndex: number, acknowledgedMs: number, sentMs: number): void {
    this.newestMs[patientIndex] = Math.max(acknowledgedMs, this.newestMs[patientIndex]!);
    this.newestSentAtMs[patientIndex] = Math.max(sentMs, this.newestSentAtMs[patientIndex]!);
  }

  /** Used by the reader only: this worker's history breaks off. */
  markOpenEnded(worker: number): void {
    this.openEndedWorkers.add(worker);
  }

  /** Patients that made at least one reading, by index. */
  *patients(): Iterable<number> {
    for (let index = 0; index < this.names.length; index++) {
      if (this.names[index] !== undefined) yield index;
    }
  }

  patientId(patientIndex: number): string | undefined {
    return this.names[patientIndex];
  }

  indexOf(patient: string): number | undefined {
    return this.indexes.get(patient);
  }

  /** The patient who wears this device. */
  ownerOf(device: number): number | undefined {
    return this.owners.get(device);
  }

  /** Whether readings of this patient (`undefined`: of anyone) may be missing here because a worker broke off. */
  isOpenEnded(patientIndex: number | undefined): boolean {
    if (patientIndex === undefined) return this.openEndedWorkers.size > 0;
    return this.openEndedWorkers.has(this.workerOf[patientIndex]!);
  }

  /** Start of the patient's newest acknowledged reading; `undefined`: none, or the worker broke off. */
  newestAcknowledgedMs(patientIndex: number): number | undefined {
    return this.newestMs[patientIndex] || undefined;
  }

  /** Start of the newest reading that was put on a socket, acknowledged or not; `undefined` as above. */
  newestSentMs(patientIndex: number): number | undefined {
    return this.newestSentAtMs[patientIndex] || undefined;
  }

  /** The patient's runs by window start, device, boot and seq. */
  runsOf(patientIndex: number): LedgerRun[] {
    const runs: LedgerRun[] = [];
    this.runs.ofPatient(patientIndex, (view, at) => {
      const bits = view.getUint8(at + 1);
      runs.push({
        startMs: view.getUint32(at + 20, true) + view.getUint16(at + 24, true) * 4294967296,
        device: view.getUint32(at + 8, true),
        boot: view.getUint16(at + 2, true),
        fromSeq: view.getUint32(at + 12, true),
        count: view.getUint32(at + 16, true),
        outcome: READING_OUTCOMES[bits & 3]!,
        everSent: (bits & OUTCOME_SENT) !== 0,
        raw: (bits & OUTCOME_RAW) !== 0,
        digest: { low: view.getUint32(at + 26, true), high: view.getUint32(at + 30, true) },
      });
    });
    return runs.sort(
      (a, b) => a.startMs - b.startMs || a.device - b.device || a.boot - b.boot || a.fromSeq - b.fromSeq,
    );
  }

  /** The patient's readings that the device flagged, in order of resolving. */
  flaggedOf(patientIndex: number): FlaggedReading[] {
    const flagged: FlaggedReading[] = [];
    this.flagged.ofPatient(patientIndex, (view, at) => {
      flagged.push({
        startMs: view.getUint32(at + 16, true) + view.getUint16(at + 20, true) * 4294967296,
        flags: view.getUint8(at + 1),
        sampleCount: view.getUint8(at + 22),
      });
    });
    return flagged;
  }

  /** The kept frames (header and features payload, no trailer) of one window, in order of resolving; none: it was not sampled. */
  framesOf(patientIndex: number, startMs: number): Uint8Array[] {
    const patient = this.names[patientIndex];
    if (patient === undefined || !this.frames.holds(patientIndex)) return [];
    const phaseMs = windowPhaseMs(patient, this.header.window);
    const frames: Uint8Array[] = [];
    this.frames.ofPatient(patientIndex, (_view, at, page) => {
      const frame = page.subarray(at + 8, at + 8 + FRAME_FIXED_BYTES);
      if (windowStartMs(readStartMs(frame), phaseMs, this.header.window) === startMs) frames.push(frame);
    });
    return frames;
  }
}

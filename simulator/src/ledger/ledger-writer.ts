import {
  addToDigest,
  FEATURE_FIELDS,
  FrameFlag,
  FrameKind,
  featureIndex,
  frameHash,
  frameHashHigh,
  HEADER,
  HEADER_BYTES,
  isReading,
  readFeatures,
  readStartMs,
  readU16,
  readU32,
  windowPhaseMs,
  windowStartMs,
} from '@gaitway/contract';
import { BlockWriter } from './block-writer.ts';
import {
  END_BYTES,
  FLAGGED_BYTES,
  FRAME_FIXED_BYTES,
  FRAME_RECORD_BYTES,
  type LedgerHeader,
  NAME_BYTES,
  NEWEST_BYTES,
  OUTCOME_RAW,
  OUTCOME_SENT,
  READING_OUTCOMES,
  type ReadingOutcome,
  RecordKind,
  RUN_BYTES,
} from './ledger-format.ts';
import { isSampled, samplePatientHash, WITNESS_WINDOWS, witnessOf } from './ledger-sample.ts';
import type { LedgerSink } from './ledger-sink.ts';

export interface LedgerWriterOptions extends LedgerHeader {
  /** The id of the patient with this index, as the server knows it. */
  patientId(patientIndex: number): string;
  readings: LedgerSink;
  frames: LedgerSink;
}

/** What a reading is kept for by itself: nobody can be asked what its samples do not show. */
const FLAGS_KEPT = FrameFlag.gap | FrameFlag.offWrist;
const SAMPLE_COUNT = featureIndex('sampleCount');

const OUTCOME_CODE: Readonly<Record<ReadingOutcome, number>> = {
  acknowledged: 0,
  dropped: 1,
  refused: 2,
  unacknowledged: 3,
};

/**
 * One worker's ledger. Per patient it holds one open run (an unbroken row of readings of one window with
 * one outcome) and writes it when the next reading does not continue it: a device resolves its readings
 * in order, so a window's record is written once, when the first reading of a later window is resolved.
 * A reading that comes after that becomes a run of its own, which the reader adds to its window.
 *
 * Memory is about 60 bytes a patient of the run and two blocks. Errors: what the sinks throw.
 */
export class LedgerWriter {
  private readonly options: LedgerWriterOptions;
  private readonly readings: BlockWriter;
  private readonly frames: BlockWriter;
  private readonly scratch = { low: 0, high: 0 };
  private readonly values = new Int32Array(FEATURE_FIELDS.length);
  private readonly known: Uint8Array;
  private readonly phaseMs: Float64Array;
  private readonly patientHash: Uint32Array;
  private readonly windowMs: Float64Array;
  private readonly sampled: Uint8Array;
  private readonly device: Uint32Array;
  private readonly boot: Uint16Array;
  private readonly outcome: Uint8Array;
  private readonly fromSeq: Uint32Array;
  private readonly count: Uint32Array;
  private readonly digestLow: Uint32Array;
  private readonly digestHigh: Uint32Array;
  private readonly newestMs: Float64Array;
  private readonly newestSentMs: Float64Array;
  private readonly witness: number;
  /** Windows of the witness that start before this are kept; known with its first reading. */
  private witnessUntilMs = Number.NaN;
  private readonly resolved = [0, 0, 0, 0];
  private madeCount = 0;
  private runsWritten = 0;
  private framesWritten = 0;
  private finished = false;

  constructor(options: LedgerWriterOptions) {
    this.options = options;
    const { runId, seed, window, patients, worker, workers } = options;
    const header: LedgerHeader = { runId, seed, window, patients, worker, workers };
    this.readings = new BlockWriter(options.readings, 'readings', header);
    this.frames = new BlockWriter(options.frames, 'frames', header);
    this.known = new Uint8Array(patients);
    this.phaseMs = new Float64Array(patients);
    this.patientHash = new Uint32Array(patients);
    this.windowMs = new Float64Array(patients);
    this.sampled = new Uint8Array(patients);
    this.device = new Uint32Array(patients);
    this.boot = new Uint16Array(patients);
    this.outcome = new Uint8Array(patients);
    this.fromSeq = new Uint32Array(patients);
    this.count = new Uint32Array(patients);
    this.digestLow = new Uint32Array(patients);
    this.digestHigh = new Uint32Array(patients);
    this.newestMs = new Float64Array(patients).fill(-1);
    this.newestSentMs = new Float64Array(patients).fill(-1);
    this.witness = witnessOf(seed, patients);
  }

  /**
   * A device made a frame (sent or not). Frames that belong to no window are passed over. At the end as
   * many readings must have been resolved as were made; the reader reports a ledger where they differ.
   */
  made(patientIndex: number, bytes: Uint8Array): void {
    if (!isReading(bytes[HEADER.kind] as FrameKind)) return;
    this.madeCount++;
    if (this.known[patientIndex] === 0) this.meet(patientIndex, readU32(bytes, HEADER.device));
  }

  /** A device is done with a frame: exactly once per frame. `everSent`: it was written to a socket at least once. */
  resolve(patientIndex: number, bytes: Uint8Array, outcome: ReadingOutcome, everSent: boolean): void {
    const kind = bytes[HEADER.kind] as FrameKind;
    if (!isReading(kind)) return;
    const p = patientIndex;
    const device = readU32(bytes, HEADER.device);
    if (this.known[p] === 0 || this.device[p] !== device) this.meet(p, device);
    const startMs = readStartMs(bytes);
    const boot = readU16(bytes, HEADER.boot);
    const seq = readU32(bytes, HEADER.seq);
    const code = OUTCOME_CODE[outcome];
    const outcomeBits =
      code | (everSent ? OUTCOME_SENT : 0) | (kind === FrameKind.rawChunk ? OUTCOME_RAW : 0);
    this.resolved[code]!++;
    if (code === 0 && startMs > this.newestMs[p]!) this.newestMs[p] = startMs;
    if (everSent && startMs > this.newestSentMs[p]!) this.newestSentMs[p] = startMs;

    const low = frameHash(bytes);
    const high = frameHashHigh();
    const { window, seed } = this.options;
    const open = this.windowMs[p]!;
    const count = this.count[p]!;
    const sameWindow = count > 0 && startMs >= open && startMs < open + window.windowMs;
    // A reading that was sent and not acknowledged may be stored or not: it keeps its own digest.
    const joinable = code === 0 || !everSent;
    if (
      sameWindow &&
      joinable &&
      seq === this.fromSeq[p]! + count &&
      outcomeBits === this.outcome[p] &&
      boot === this.boot[p]
    ) {
      this.count[p] = count + 1;
      this.scratch.low = this.digestLow[p]!;
      this.scratch.high = this.digestHigh[p]!;
      addToDigest(this.scratch, low, high);
      this.digestLow[p] = this.scratch.low;
      this.digestHigh[p] = this.scratch.high;
    } else {
      if (count > 0) this.writeRun(p);
      if (!sameWindow) {
        const start = windowStartMs(startMs, this.phaseMs[p]!, window);
        this.windowMs[p] = start;
        this.sampled[p] = isSampled(seed, this.patientHash[p]!, start) || this.isWitnessed(p, start) ? 1 : 0;
      }
      this.boot[p] = boot;
      this.outcome[p] = outcomeBits;
      this.fromSeq[p] = seq;
      this.count[p] = 1;
      this.digestLow[p] = low;
      this.digestHigh[p] = high;
    }
    const flags = bytes[HEADER.flags]! & FLAGS_KEPT;
    if (flags !== 0 && kind === FrameKind.features) this.writeFlagged(p, bytes, flags);
    if (this.sampled[p] === 1 && everSent && kind === FrameKind.features) this.writeFrame(p, bytes);
  }

  /** Writes what is gathered; open runs stay open. For a caller that wants the file fresh, at most once a second. */
  flush(): void {
    this.readings.flush();
    this.frames.flush();
  }

  /** Writes every open run and the totals, and closes the files. Nothing may be resolved afterwards; again is harmless. */
  finish(): void {
    if (this.finished) return;
    this.finished = true;
    for (let p = 0; p < this.count.length; p++) {
      if (this.count[p]! > 0) this.writeRun(p);
      if (this.newestMs[p]! >= 0 || this.newestSentMs[p]! >= 0) this.writeNewest(p);
    }
    const at = this.readings.record(END_BYTES);
    const view = this.readings.view;
    view.setUint8(at, RecordKind.end);
    view.setFloat64(at + 4, this.madeCount, true);
    view.setFloat64(at + 12, this.runsWritten, true);
    for (let code = 0; code < READING_OUTCOMES.length; code++) {
      view.setFloat64(at + 20 + 8 * code, this.resolved[code]!, true);
    }
    view.setFloat64(at + 52, this.framesWritten, true);
    this.readings.close();
    this.frames.close();
  }

  private meet(p: number, device: number): void {
    if (!(p >= 0 && p < this.known.length)) {
      throw new RangeError(`patient index ${p} is not below the run's ${this.known.length} patients`);
    }
    const patient = this.options.patientId(p);
    if (this.count[p]! > 0) this.writeRun(p);
    this.known[p] = 1;
    this.device[p] = device;
    this.phaseMs[p] = windowPhaseMs(patient, this.options.window);
    this.patientHash[p] = samplePatientHash(patient);
    const name = new TextEncoder().encode(patient);
    const at = this.readings.record(NAME_BYTES + name.length);
    const view = this.readings.view;
    view.setUint8(at, RecordKind.name);
    view.setUint16(at + 2, name.length, true);
    view.setUint32(at + 4, p, true);
    view.setUint32(at + 8, device, true);
    this.readings.copyIn(at + NAME_BYTES, name);
  }

  private writeRun(p: number): void {
    const at = this.readings.record(RUN_BYTES);
    const view = this.readings.view;
    view.setUint8(at, RecordKind.run);
    view.setUint8(at + 1, this.outcome[p]!);
    view.setUint16(at + 2, this.boot[p]!, true);
    view.setUint32(at + 4, p, true);
    view.setUint32(at + 8, this.device[p]!, true);
    view.setUint32(at + 12, this.fromSeq[p]!, true);
    view.setUint32(at + 16, this.count[p]!, true);
    writeStart(view, at + 20, this.windowMs[p]!);
    view.setUint32(at + 26, this.digestLow[p]!, true);
    view.setUint32(at + 30, this.digestHigh[p]!, true);
    this.count[p] = 0;
    this.runsWritten++;
  }

  private writeNewest(p: number): void {
    const at = this.readings.record(NEWEST_BYTES);
    const view = this.readings.view;
    view.setUint8(at, RecordKind.newest);
    view.setUint32(at + 4, p, true);
    writeStart(view, at + 8, this.newestMs[p]!);
    writeStart(view, at + 14, this.newestSentMs[p]!);
  }

  private isWitnessed(p: number, startMs: number): boolean {
    if (p !== this.witness) return false;
    if (Number.isNaN(this.witnessUntilMs)) {
      this.witnessUntilMs = startMs + WITNESS_WINDOWS * this.options.window.windowMs;
    }
    return startMs < this.witnessUntilMs;
  }

  private writeFlagged(p: number, bytes: Uint8Array, flags: number): void {
    const at = this.readings.record(FLAGGED_BYTES);
    const view = this.readings.view;
    view.setUint8(at, RecordKind.flagged);
    view.setUint8(at + 1, flags);
    view.setUint16(at + 2, readU16(bytes, HEADER.boot), true);
    view.setUint32(at + 4, p, true);
    view.setUint32(at + 8, readU32(bytes, HEADER.device), true);
    view.setUint32(at + 12, readU32(bytes, HEADER.seq), true);
    writeStart(view, at + 16, readStartMs(bytes));
    readFeatures(bytes, HEADER_BYTES, this.values);
    view.setUint8(at + 22, this.values[SAMPLE_COUNT]!);
  }

  private writeFrame(p: number, bytes: Uint8Array): void {
    this.framesWritten++;
    const at = this.frames.record(FRAME_RECORD_BYTES);
    const view = this.frames.view;
    view.setUint8(at, RecordKind.frame);
    view.setUint16(at + 2, FRAME_FIXED_BYTES, true);
    view.setUint32(at + 4, p, true);
    this.frames.copyIn(at + 8, bytes.subarray(0, FRAME_FIXED_BYTES));
  }
}

/** 48 bits. Before the epoch lies only what a device with an unset clock made; such a frame is never sent. */
function writeStart(view: DataView, at: number, startMs: number): void {
  const start = Math.max(0, startMs);
  view.setUint32(at, start % 4294967296, true);
  view.setUint16(at + 4, Math.floor(start / 4294967296), true);
}

import { readLedgerFile, viewOf } from './block-reader.ts';
import { Ledger } from './ledger.ts';
import {
  END_BYTES,
  FLAGGED_BYTES,
  FRAME_RECORD_BYTES,
  type LedgerContent,
  LedgerError,
  type LedgerHeader,
  NAME_BYTES,
  NEWEST_BYTES,
  READING_OUTCOMES,
  RecordKind,
  RUN_BYTES,
} from './ledger-format.ts';
import type { LedgerSource } from './ledger-sink.ts';

/**
 * Reads the files of all workers of a run. What a crash explains (a tail that breaks off, a worker that
 * never finished, a file that is not there) is named in {@link Ledger.problems}; anything else throws
 * {@link LedgerError}.
 */
export function readLedger(sources: readonly LedgerSource[]): Ledger {
  const reading = new LedgerReading();
  for (const source of sources) reading.readFile(source);
  return reading.finish();
}

class LedgerReading {
  private ledger: Ledger | null = null;
  private first: { header: LedgerHeader; file: string } | null = null;
  private readonly seen = new Map<string, string>();
  private readonly broken: string[] = [];
  private runsAtFileStart = 0;
  private framesAtFileStart = 0;
  /** By worker: how many frames it says it kept, and how many are there. */
  private readonly framesWritten = new Map<number, number>();
  private readonly framesRead = new Map<number, number>();
  private file = '';
  private worker = 0;
  private ended = false;

  readFile(source: LedgerSource): void {
    this.file = source.name;
    this.ended = false;
    this.runsAtFileStart = this.ledger?.runs.count ?? 0;
    this.framesAtFileStart = this.ledger?.frames.count ?? 0;
    const result = readLedgerFile(
      source,
      (header, content) => this.begin(header, content),
      (body) => this.readBlock(body),
    );
    if (result.header !== null && result.content === 'frames' && this.ledger !== null) {
      this.framesRead.set(this.worker, this.ledger.frames.count - this.framesAtFileStart);
    }
    if (result.brokenTailBytes > 0) {
      this.broken.push(
        `${source.name} breaks off: its last ${result.brokenTailBytes} bytes are no whole block`,
      );
    }
    if (result.header !== null && result.content === 'readings' && !this.ended) {
      this.ledger?.markOpenEnded(this.worker);
      this.broken.push(`${source.name} has no end: worker ${this.worker} did not finish its ledger`);
    }
  }

  finish(): Ledger {
    const { ledger, first } = this;
    if (ledger === null || first === null) {
      throw new LedgerError('ledger_empty', this.file || 'the ledger', 'holds no history');
    }
    ledger.problems.push(...this.broken);
    for (let worker = 0; worker < first.header.workers; worker++) {
      for (const content of ['readings', 'frames'] as const) {
        if (this.seen.has(`${content} ${worker}`)) continue;
        if (content === 'readings') ledger.markOpenEnded(worker);
        ledger.problems.push(`the ${content} file of worker ${worker} of ${first.header.workers} is missing`);
      }
    }
    for (const [worker, written] of this.framesWritten) {
      const read = this.framesRead.get(worker) ?? 0;
      if (read === written || !this.seen.has(`frames ${worker}`)) continue;
      ledger.problems.push(
        `the frames file of worker ${worker} holds ${read} of the ${written} frames it kept`,
      );
    }
    const { made, ...resolved } = ledger.totals;
    const sum = READING_OUTCOMES.reduce((total, outcome) => total + resolved[outcome], 0);
    if (made !== sum) {
      ledger.problems.push(`${made} readings were made, and ${sum} resolved: the fleet lost count`);
    }
    return ledger;
  }

  private begin(header: LedgerHeader, content: LedgerContent): void {
    this.worker = header.worker;
    if (this.first === null || this.ledger === null) {
      this.first = { header, file: this.file };
      this.ledger = new Ledger(header);
    } else if (runKey(header) !== runKey(this.first.header)) {
      throw new LedgerError(
        'ledger_mixed_runs',
        this.file,
        `is of run ${header.runId} (seed ${header.seed}, ${header.workers} workers), ${this.first.file} of run ${this.first.header.runId} (seed ${this.first.header.seed}, ${this.first.header.workers} workers); audit one run at a time`,
      );
    }
    const key = `${content} ${header.worker}`;
    const before = this.seen.get(key);
    if (before !== undefined) {
      throw new LedgerError(
        'ledger_mixed_runs',
        this.file,
        `and ${before} are both of worker ${header.worker}`,
      );
    }
    this.seen.set(key, this.file);
  }

  private readBlock(body: Uint8Array): void {
    const view = viewOf(body);
    const ledger = this.ledger!;
    for (let at = 0; at < body.length; ) {
      const kind = view.getUint8(at);
      const bytes = this.recordBytes(kind, view, at);
      if (at + bytes > body.length) this.corrupt('a record reaches past its block');
      if (kind === RecordKind.end) this.readEnd(view, at);
      else {
        const patient = view.getUint32(at + 4, true);
        if (patient >= ledger.header.patients) this.corrupt(`a record names patient index ${patient}`);
        if (kind === RecordKind.run) {
          ledger.runs.add(body, at);
          ledger.boots.add(view.getUint16(at + 2, true));
        } else if (kind === RecordKind.frame) ledger.frames.add(body, at);
        else if (kind === RecordKind.flagged) ledger.flagged.add(body, at);
        else if (kind === RecordKind.newest) {
          ledger.setNewest(patient, readStart(view, at + 8), readStart(view, at + 14));
        } else {
          const name = new TextDecoder().decode(body.subarray(at + NAME_BYTES, at + bytes));
          ledger.meet(patient, name, view.getUint32(at + 8, true), this.worker);
        }
      }
      at += bytes;
    }
  }

  private recordBytes(kind: number, view: DataView, at: number): number {
    if (kind === RecordKind.run) return RUN_BYTES;
    if (kind === RecordKind.frame) return FRAME_RECORD_BYTES;
    if (kind === RecordKind.flagged) return FLAGGED_BYTES;
    if (kind === RecordKind.newest) return NEWEST_BYTES;
    if (kind === RecordKind.end) return END_BYTES;
    if (kind === RecordKind.name && at + NAME_BYTES <= view.byteLength) {
      return NAME_BYTES + view.getUint16(at + 2, true);
    }
    return this.corrupt(`there is no record of kind ${kind}`);
  }

  private readEnd(view: DataView, at: number): void {
    const ledger = this.ledger!;
    this.ended = true;
    const runs = ledger.runs.count - this.runsAtFileStart;
    const written = view.getFloat64(at + 12, true);
    if (runs !== written) this.corrupt(`${written} runs were written, and ${runs} are there`);
    this.framesWritten.set(this.worker, view.getFloat64(at + 52, true));
    ledger.totals.made += view.getFloat64(at + 4, true);
    for (let code = 0; code < READING_OUTCOMES.length; code++) {
      ledger.totals[READING_OUTCOMES[code]!] += view.getFloat64(at + 20 + 8 * code, true);
    }
  }

  private corrupt(says: string): never {
    throw new LedgerError('ledger_corrupt', this.file, says);
  }
}

/** What the files of one run agree on. */
function runKey(header: LedgerHeader): string {
  const { runId, seed, window, patients, workers } = header;
  const { windowMs, windowOriginMs, windowPhaseSpreadMs } = window;
  return JSON.stringify([runId, seed, windowMs, windowOriginMs, windowPhaseSpreadMs, patients, workers]);
}

function readStart(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint16(at + 4, true) * 4294967296;
}

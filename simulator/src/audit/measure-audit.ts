import {
  type Clock,
  FEATURE_FIELDS,
  FrameKind,
  formatDigest,
  HEADER,
  HEADER_BYTES,
  hash32,
  PAYLOAD_BYTES,
  TRAILER_BYTES,
  WINDOW_SETTINGS_DEFAULT,
  type WindowDocument,
} from '@gaitway/contract';
import type { Ledger } from '../ledger/ledger.ts';
import { readLedger } from '../ledger/ledger-reader.ts';
import { type LedgerSink, type LedgerSource, MemoryLedgerFile } from '../ledger/ledger-sink.ts';
import { LedgerWriter } from '../ledger/ledger-writer.ts';
import { audit } from './audit.ts';
import type { AuditResult } from './audit-result.ts';

export interface LedgerMeasure {
  patients: number;
  readings: number;
  windows: number;
  /** Ledger and sampled frames, together. */
  bytes: number;
  bytesPerPatientAndWindow: number;
  /** Wall time of `made` and `resolve`, less that of making the frames, per reading. */
  writeUsPerReading: number;
  readUsPerReading: number;
  /** Wall time of the whole audit less that of making the documents, per window. */
  auditUsPerWindow: number;
  auditMs: number;
  audit: AuditResult;
}

export interface LedgerMeasureOptions {
  clock: Clock;
  patients: number;
  readingsPerPatient: number;
  slotMs: number;
  /** The two files; left out: memory. */
  files?: LedgerMeasureFiles;
}

export interface LedgerMeasureFiles {
  readings: LedgerSink;
  frames: LedgerSink;
  sources(): LedgerSource[];
}

/** What ledger and audit cost without sockets, for the bench: every reading acknowledged, an honest archive. */
export async function measureLedger(options: LedgerMeasureOptions): Promise<LedgerMeasure> {
  const { clock, patients, readingsPerPatient } = options;
  const files = options.files ?? memoryFiles();
  let bytes = 0;
  const counted = (sink: LedgerSink): LedgerSink => ({
    name: sink.name,
    write(part) {
      bytes += part.length;
      sink.write(part);
    },
    close: () => sink.close(),
  });
  const writer = measureWriter(patients, {
    readings: counted(files.readings),
    frames: counted(files.frames),
  });
  const emptyMs = play(options, null);
  const playedMs = play(options, writer);
  const writeMs = time(clock, () => writer.finish()) + playedMs - emptyMs;

  let ledger: Ledger | null = null;
  const readMs = time(clock, () => {
    ledger = readLedger(files.sources());
  });
  const read = ledger as unknown as Ledger;
  const readings = patients * readingsPerPatient;
  const documentsMs = time(clock, () => {
    for (const page of honestPages(read)) if (page.length < 0) throw new Error('a page has no length');
  });
  const startedMs = clock.monotonicMs();
  const result = await audit(read, honestPages(read));
  const auditMs = clock.monotonicMs() - startedMs;
  const windows = result.compared.windows.complete + result.compared.windows.partial;
  return {
    patients,
    readings,
    windows,
    bytes,
    bytesPerPatientAndWindow: bytes / windows,
    writeUsPerReading: (1000 * writeMs) / readings,
    readUsPerReading: (1000 * readMs) / readings,
    auditUsPerWindow: (1000 * (auditMs - documentsMs)) / windows,
    auditMs,
    audit: result,
  };
}

/** Writes the ledger of such a run, one worker's, and closes the files. */
export function writeMeasureLedger(
  options: Omit<LedgerMeasureOptions, 'files'>,
  files: Pick<LedgerMeasureFiles, 'readings' | 'frames'>,
): void {
  const writer = measureWriter(options.patients, files);
  play(options, writer);
  writer.finish();
}

function measureWriter(
  patients: number,
  { readings, frames }: Pick<LedgerMeasureFiles, 'readings' | 'frames'>,
): LedgerWriter {
  return new LedgerWriter({
    runId: 'measure',
    seed: 1,
    window: WINDOW_SETTINGS_DEFAULT,
    patients,
    worker: 0,
    workers: 1,
    patientId: (index) => `patient-${index}`,
    readings,
    frames,
  });
}

function memoryFiles() {
  const readings = new MemoryLedgerFile('readings');
  const frames = new MemoryLedgerFile('frames');
  return { readings, frames, sources: () => [readings, frames] };
}

function time(clock: Clock, work: () => void): number {
  const startedMs = clock.monotonicMs();
  work();
  return clock.monotonicMs() - startedMs;
}

const START_MS = 1_750_000_000_000;

/** Makes every frame, in the order of time, and resolves it when there is a writer. */
function play(
  { clock, patients, readingsPerPatient, slotMs }: LedgerMeasureOptions,
  writer: LedgerWriter | null,
) {
  const bytes = new Uint8Array(HEADER_BYTES + PAYLOAD_BYTES[FrameKind.features] + TRAILER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[HEADER.kind] = FrameKind.features;
  return time(clock, () => {
    for (let slot = 0; slot < readingsPerPatient; slot++) {
      for (let p = 0; p < patients; p++) {
        const startMs = START_MS + slot * slotMs + (p % slotMs);
        view.setUint32(HEADER.device, p + 1, true);
        view.setUint16(HEADER.boot, 1, true);
        view.setUint32(HEADER.seq, slot, true);
        view.setUint32(HEADER.startMs, startMs % 4294967296, true);
        view.setUint16(HEADER.startMs + 4, Math.floor(startMs / 4294967296), true);
        view.setUint32(HEADER_BYTES + 4, hash32(p, slot), true);
        if (writer === null) continue;
        writer.made(p, bytes);
        writer.resolve(p, bytes, 'acknowledged', true);
      }
    }
  });
}

/** The archive of a server that did everything right, one page a patient. Aggregates only where the audit looks at them. */
function* honestPages(ledger: Ledger): Iterable<WindowDocument[]> {
  const { windowMs } = ledger.header.window;
  for (const index of ledger.patients()) {
    const patient = ledger.patientId(index)!;
    yield ledger.runsOf(index).map((run) => ({
      patient,
      ward: 'ward-1',
      startMs: run.startMs,
      endMs: run.startMs + windowMs,
      revision: 1,
      epoch: 1,
      complete: true,
      readings: run.count,
      lateReadings: 0,
      identities: [
        { device: run.device, boot: run.boot, fromSeq: run.fromSeq, toSeq: run.fromSeq + run.count - 1 },
      ],
      digest: formatDigest(run.digest),
      aggregates: aggregatesOf(ledger.framesOf(index, run.startMs)),
      slots: [],
      assessment: { model: 'none', conditions: [] },
      closedAtMs: run.startMs + windowMs,
    }));
  }
}

/** Written apart from the audit's own fold on purpose: the two must agree. */
function aggregatesOf(frames: readonly Uint8Array[]): WindowDocument['aggregates'] {
  if (frames.length === 0) return {};
  return Object.fromEntries(
    FEATURE_FIELDS.map(({ name, offset, bytes, signed }) => {
      const values = frames.map((frame) => {
        const view = new DataView(frame.buffer, frame.byteOffset + HEADER_BYTES + offset, bytes);
        if (bytes === 1) return view.getUint8(0);
        return signed ? view.getInt16(0, true) : view.getUint16(0, true);
      });
      const sum = values.reduce((total, value) => total + value, 0);
      return [name, { sum, min: Math.min(...values), max: Math.max(...values) }];
    }),
  );
}

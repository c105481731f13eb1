import {
  addToDigest,
  beginFrame,
  emptyDigest,
  FEATURE_FIELDS,
  FrameFlag,
  FrameKind,
  featureIndex,
  formatDigest,
  frameHash,
  frameHashHigh,
  HEADER,
  HEADER_BYTES,
  windowPhaseMs,
  windowStartMs,
  writeFeatures,
} from '@gaitway/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deviceOf,
  type History,
  ledgerOf,
  makeFrame,
  makeHistory,
  patientId,
  writeHistory,
} from '../audit/testing/history.ts';
import type { Ledger } from './ledger.ts';
import { type LedgerHeader, RUN_BYTES } from './ledger-format.ts';
import { readLedger } from './ledger-reader.ts';
import { isSampled, samplePatientHash, WITNESS_WINDOWS, witnessOf } from './ledger-sample.ts';
import { MemoryLedgerFile } from './ledger-sink.ts';
import { ledgerSize } from './ledger-size.ts';
import { LedgerWriter } from './ledger-writer.ts';

const startMs = 1_750_000_000_000;
const aligned: LedgerHeader = {
  runId: 'run-1',
  seed: 1,
  window: { windowMs: 60_000, windowOriginMs: startMs, windowPhaseSpreadMs: 0 },
  patients: 3,
  worker: 0,
  workers: 1,
};

function openLedger(header: Partial<LedgerHeader> = {}) {
  const readings = new MemoryLedgerFile('readings');
  const frames = new MemoryLedgerFile('frames');
  const writer = new LedgerWriter({ ...aligned, ...header, patientId, readings, frames });
  const read = () => {
    writer.finish();
    return readLedger([readings, frames]);
  };
  return { writer, readings, read };
}

/** Reading `slot` of patient 1, 5 s each from the start of a window. */
function frameAt(slot: number, seq = slot, boot = 1): Uint8Array {
  return makeFrame(deviceOf(1), boot, seq, startMs + slot * 5000, 77 + slot);
}

function shapes(ledger: Ledger) {
  return ledger.runsOf(1).map((run) => {
    const window = (run.startMs - startMs) / 60_000;
    return [window, run.boot, run.fromSeq, run.count, run.outcome, run.everSent];
  });
}

function digestOf(frames: readonly Uint8Array[]): string {
  const digest = emptyDigest();
  for (const bytes of frames) {
    const low = frameHash(bytes);
    addToDigest(digest, low, frameHashHigh());
  }
  return formatDigest(digest);
}

describe('a window in the ledger', () => {
  it('is one record of 34 bytes when all of it was acknowledged', () => {
    const { writer, read } = openLedger();
    const frames = Array.from({ length: 24 }, (_, slot) => frameAt(slot));
    for (const frame of frames) writer.resolve(1, frame, 'acknowledged', true);
    const ledger = read();
    expect(shapes(ledger)).toEqual([
      [0, 1, 0, 12, 'acknowledged', true],
      [1, 1, 12, 12, 'acknowledged', true],
    ]);
    expect(ledger.runsOf(1).map(({ digest }) => formatDigest(digest))).toEqual([
      digestOf(frames.slice(0, 12)),
      digestOf(frames.slice(12)),
    ]);
    expect(RUN_BYTES).toBeLessThanOrEqual(64);
    expect(ledger.newestAcknowledgedMs(1)).toBe(startMs + 23 * 5000);
  });

  it('is in the file as soon as a later one has begun', () => {
    const { writer, readings } = openLedger();
    for (let slot = 0; slot < 13; slot++) writer.resolve(1, frameAt(slot), 'acknowledged', true);
    writer.flush();
    const soFar = readLedger([readings]);
    expect(shapes(soFar)).toEqual([[0, 1, 0, 12, 'acknowledged', true]]);
    expect(soFar.problems).toContain('readings has no end: worker 0 did not finish its ledger');
  });

  it('has one more run for a gap, for a restart, and for a reading that was resolved later', () => {
    const { writer, read } = openLedger();
    for (const slot of [0, 1, 3]) writer.resolve(1, frameAt(slot), 'acknowledged', true);
    for (const slot of [4, 5]) writer.resolve(1, frameAt(slot, slot - 4, 2), 'acknowledged', true);
    writer.resolve(1, frameAt(12, 8, 2), 'acknowledged', true);
    writer.resolve(1, frameAt(2), 'acknowledged', true);
    expect(shapes(read())).toEqual([
      [0, 1, 0, 2, 'acknowledged', true],
      [0, 1, 2, 1, 'acknowledged', true],
      [0, 1, 3, 1, 'acknowledged', true],
      [0, 2, 0, 2, 'acknowledged', true],
      [1, 2, 8, 1, 'acknowledged', true],
    ]);
  });

  it('keeps each reading that may be stored or not by itself, and those that were never sent together', () => {
    const { writer, read } = openLedger();
    const uncertain = [1, 2].map((slot) => frameAt(slot));
    writer.resolve(1, frameAt(0), 'acknowledged', true);
    for (const frame of uncertain) writer.resolve(1, frame, 'dropped', true);
    for (const slot of [3, 4, 5]) writer.resolve(1, frameAt(slot), 'dropped', false);
    writer.resolve(1, frameAt(6), 'refused', true);
    writer.resolve(1, frameAt(7), 'unacknowledged', true);
    writer.resolve(1, frameAt(8), 'unacknowledged', false);
    const ledger = read();
    expect(shapes(ledger)).toEqual([
      [0, 1, 0, 1, 'acknowledged', true],
      [0, 1, 1, 1, 'dropped', true],
      [0, 1, 2, 1, 'dropped', true],
      [0, 1, 3, 3, 'dropped', false],
      [0, 1, 6, 1, 'refused', true],
      [0, 1, 7, 1, 'unacknowledged', true],
      [0, 1, 8, 1, 'unacknowledged', false],
    ]);
    expect(
      ledger
        .runsOf(1)
        .slice(1, 3)
        .map(({ digest }) => formatDigest(digest)),
    ).toEqual(uncertain.map((frame) => digestOf([frame])));
    expect(ledger.totals).toMatchObject({ acknowledged: 1, dropped: 5, refused: 1, unacknowledged: 2 });
  });

  it('holds no event and no boot report', () => {
    const { writer, read } = openLedger();
    const header = {
      flags: 0,
      placement: 1,
      accelRange: 0,
      gyroRange: 0,
      device: deviceOf(1),
      boot: 1,
      firmware: 1,
      seq: 0,
      startMs,
      batteryMv: 3000,
      slotMs: 0,
    };
    for (const kind of [FrameKind.boot, FrameKind.event]) {
      const frame = beginFrame({ ...header, kind });
      writer.made(1, frame);
      writer.resolve(1, frame, 'acknowledged', true);
    }
    writer.made(1, frameAt(1));
    writer.resolve(1, frameAt(1), 'acknowledged', true);
    const ledger = read();
    expect(shapes(ledger)).toEqual([[0, 1, 1, 1, 'acknowledged', true]]);
    expect(ledger.totals.made).toBe(1);
    expect(ledger.problems).toEqual([]);
  });

  it('marks raw chunks', () => {
    const { writer, read } = openLedger();
    const chunk = beginFrame({
      kind: FrameKind.rawChunk,
      flags: 0,
      placement: 1,
      accelRange: 0,
      gyroRange: 0,
      device: deviceOf(1),
      boot: 1,
      firmware: 1,
      seq: 4,
      startMs,
      batteryMv: 3000,
      slotMs: 5000,
    });
    writer.resolve(1, chunk, 'acknowledged', true);
    expect(read().runsOf(1)).toMatchObject([{ raw: true, count: 1 }]);
  });
});

describe('the ledger of a run', () => {
  it('says how many readings were made and never resolved', () => {
    const { writer, read } = openLedger();
    for (let slot = 0; slot < 5; slot++) writer.made(1, frameAt(slot));
    writer.resolve(1, frameAt(0), 'acknowledged', true);
    expect(read().problems).toEqual(['5 readings were made, and 1 resolved: the fleet lost count']);
  });

  it('refuses a patient whom the run does not have', () => {
    const { writer } = openLedger();
    expect(() => writer.resolve(3, frameAt(0), 'acknowledged', true)).toThrow(
      'patient index 3 is not below the run',
    );
  });

  it('holds every reading of any history, resolved in any order, by any number of workers', () => {
    const options = fc.record({
      seed: fc.nat(),
      workers: fc.integer({ min: 1, max: 4 }),
      dropped: fc.constantFrom(0, 0.1),
      unacknowledged: fc.constantFrom(0, 0.1),
      reboots: fc.constantFrom(0, 0.1),
    });
    fc.assert(
      fc.property(options, fc.boolean(), fc.infiniteStream(fc.nat()), (given, shuffled, numbers) => {
        const history = makeHistory({ ...given, patients: 5, readings: 40 });
        if (shuffled) {
          const keys = new Map(history.told.map((told) => [told, numbers.next().value as number]));
          history.told.sort((a, b) => keys.get(a)! - keys.get(b)!);
        }
        const ledger = ledgerOf(history);
        expect(ledger.problems).toEqual([]);
        expect(spread(ledger)).toEqual(expectedOf(history));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the frames of exactly the sampled windows', () => {
    const history = makeHistory({ patients: 80, dropped: 0.05 });
    const ledger = ledgerOf(history);
    const witness = witnessOf(history.seed, history.patients);
    const firstWindowMs = ledger.runsOf(witness)[0]!.startMs;
    let kept = 0;
    for (const told of history.told) {
      const patient = patientId(told.patientIndex);
      const start = windowStartMs(told.startMs, windowPhaseMs(patient, history.window), history.window);
      const sampled =
        isSampled(history.seed, samplePatientHash(patient), start) ||
        (told.patientIndex === witness && start < firstWindowMs + WITNESS_WINDOWS * history.window.windowMs);
      const fixed = told.bytes.subarray(0, 100);
      const found = ledger
        .framesOf(told.patientIndex, start)
        .some((frame) => Buffer.compare(frame, fixed) === 0);
      expect(found).toBe(sampled && told.everSent);
      if (found) kept++;
    }
    expect(kept).toBeGreaterThan(0);
    expect(ledger.frames.count).toBe(kept);
  });

  it('keeps frames of a run of one patient and one window', () => {
    for (let seed = 0; seed < 50; seed++) {
      const ledger = ledgerOf(makeHistory({ seed, patients: 1, readings: 12 }));
      expect(ledger.frames.count).toBe(12);
    }
  });

  it('knows the newest reading that was sent, acknowledged or not', () => {
    const { writer, read } = openLedger();
    writer.resolve(1, frameAt(0), 'acknowledged', true);
    writer.resolve(1, frameAt(1), 'dropped', true);
    writer.resolve(1, frameAt(2), 'dropped', false);
    writer.resolve(2, makeFrame(deviceOf(2), 1, 0, startMs, 5), 'unacknowledged', true);
    const ledger = read();
    expect(ledger.newestAcknowledgedMs(1)).toBe(startMs);
    expect(ledger.newestSentMs(1)).toBe(startMs + 5000);
    expect(ledger.newestAcknowledgedMs(2)).toBeUndefined();
    expect(ledger.newestSentMs(2)).toBe(startMs);
  });

  it('samples one per cent of the windows', () => {
    let sampled = 0;
    for (let p = 0; p < 1000; p++) {
      const hash = samplePatientHash(patientId(p));
      for (let window = 0; window < 200; window++) {
        if (isSampled(42, hash, startMs + window * 60_000)) sampled++;
      }
    }
    expect(sampled / 200_000).toBeGreaterThan(0.009);
    expect(sampled / 200_000).toBeLessThan(0.011);
  });
});

describe('the size of the ledger', () => {
  const hour = { durationMs: 3_600_000, slotMs: 5000, windowMs: 60_000, runsPerWindow: 1 };

  it('is what the arithmetic of its records says, and at most 64 bytes a patient and window', () => {
    const patients = 60;
    const files = writeHistory(makeHistory({ patients, readings: 720, workers: 2, seed: 5 }));
    const [readings, frames] = [0, 1].map((content) => {
      return files.filter((_, i) => i % 2 === content).reduce((sum, file) => sum + file.bytes, 0);
    });
    const size = ledgerSize({ ...hour, patients, patientIdBytes: 'patient-59'.length, workers: 2 });
    // The arithmetic counts 61 windows for each patient; some have 60. Headers are counted generously.
    expect(readings).toBeLessThanOrEqual(size.readingsBytes + 2 * 512);
    expect(readings).toBeGreaterThan(0.95 * size.readingsBytes);
    // One per cent of 3,660 windows by hash is about 37, give or take 6: three times that is the bound.
    expect(frames).toBeLessThan(1.5 * size.framesBytes + 2 * 512);
    expect(frames).toBeGreaterThan(0.5 * size.framesBytes);
    expect(size.bytesPerPatientAndWindow).toBeLessThanOrEqual(64);
  });
});

/** Each reading's fate, as text, sorted. */
function spread(ledger: Ledger): string[] {
  const lines: string[] = [];
  for (const p of ledger.patients()) {
    for (const run of ledger.runsOf(p)) {
      for (let i = 0; i < run.count; i++) {
        lines.push(
          `${p} ${run.startMs} ${run.device} ${run.boot} ${run.fromSeq + i} ${run.outcome} ${run.everSent}`,
        );
      }
    }
  }
  return lines.sort();
}

function expectedOf(history: History): string[] {
  return history.told
    .map(({ patientIndex: p, startMs: atMs, boot, seq, outcome, everSent }) => {
      const start = windowStartMs(atMs, windowPhaseMs(patientId(p), history.window), history.window);
      return `${p} ${start} ${deviceOf(p)} ${boot} ${seq} ${outcome} ${everSent}`;
    })
    .sort();
}

describe('readings that their device flagged', () => {
  const flagged = (slot: number, flags: number, sampleCount: number): Uint8Array => {
    const frame = frameAt(slot);
    frame[HEADER.flags] = flags;
    const values = new Int32Array(FEATURE_FIELDS.length);
    values[featureIndex('sampleCount')] = sampleCount;
    writeFeatures(frame, HEADER_BYTES, values);
    return frame;
  };

  it('are kept one by one, with what was said of them, whatever became of them', () => {
    const { writer, read } = openLedger();
    const frames = [
      flagged(0, FrameFlag.offWrist, 250),
      flagged(1, FrameFlag.backfill | FrameFlag.gap, 199),
      flagged(2, FrameFlag.saturated | FrameFlag.backfill, 250),
    ];
    for (const [slot, frame] of frames.entries()) {
      writer.made(1, frame);
      writer.resolve(1, frame, slot === 1 ? 'dropped' : 'acknowledged', slot !== 1);
    }
    const ledger = read();
    expect(ledger.problems).toEqual([]);
    expect(ledger.flaggedOf(1)).toEqual([
      { startMs, flags: FrameFlag.offWrist, sampleCount: 250 },
      { startMs: startMs + 5000, flags: FrameFlag.gap, sampleCount: 199 },
    ]);
    expect(ledger.flaggedOf(0)).toEqual([]);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ledgerOf, makeFrame, makeHistory, patientId, writeHistory } from '../audit/testing/history.ts';
import { ledgerFilesIn, openLedgerFile } from './ledger-files.ts';
import { LEDGER_VERSION, LedgerError } from './ledger-format.ts';
import { readLedger } from './ledger-reader.ts';
import type { LedgerSource } from './ledger-sink.ts';
import { LedgerWriter } from './ledger-writer.ts';

const history = makeHistory({ patients: 3, readings: 30, dropped: 0.1 });
const files = writeHistory(history);
const bytes = Buffer.concat([...files[0]!.chunks()]);

function source(content: Uint8Array, name = 'the file', pieceBytes = content.length): LedgerSource {
  return {
    name,
    *chunks() {
      for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
    },
  };
}

function faultOf(read: () => unknown): LedgerError {
  try {
    read();
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a ledger that is whole', () => {
  it('reads the same in pieces of any length', () => {
    const whole = ledgerOf(history);
    for (const pieceBytes of [1, 7, 100, 4096]) {
      const pieces = readLedger([source(bytes, 'readings', pieceBytes), files[1]!]);
      expect(pieces.problems).toEqual([]);
      expect(pieces.runsOf(2)).toEqual(whole.runsOf(2));
    }
  });

  it('knows its patients, their devices and its run', () => {
    const ledger = ledgerOf(history);
    expect([...ledger.patients()]).toEqual([0, 1, 2]);
    expect(ledger.indexOf('patient-1')).toBe(1);
    expect(ledger.ownerOf(1002)).toBe(2);
    expect(ledger.ownerOf(5)).toBeUndefined();
    expect(ledger.header).toMatchObject({ runId: 'run-1', seed: 1, patients: 3, workers: 1 });
  });
});

describe('a ledger that breaks off', () => {
  it('is read as far as it goes, wherever that is, and reported', () => {
    for (let length = 0; length < bytes.length; length++) {
      const cut = source(bytes.subarray(0, length), 'cut');
      const ledger = readLedger([cut, files[1]!]);
      expect(ledger.problems.join('\n')).toMatch(/cut breaks off|cut has no end|readings file of worker 0/);
      expect(ledger.isOpenEnded(undefined)).toBe(true);
    }
  });

  it('may end in a block that was half on the disk', () => {
    const damaged = Buffer.from(bytes);
    damaged[damaged.length - 100]! ^= 1;
    const ledger = readLedger([source(damaged, 'damaged'), files[1]!]);
    expect(ledger.problems.join('\n')).toContain('damaged breaks off');
  });

  it('may lack the file of a worker', () => {
    const four = writeHistory(makeHistory({ workers: 4 }));
    const ledger = readLedger(four.filter((_, i) => i !== 4));
    expect(ledger.problems).toEqual(['the readings file of worker 2 of 4 is missing']);
    expect(ledger.isOpenEnded(0)).toBe(false);
  });
});

describe('what is no ledger of this run', () => {
  it('is refused when it is damaged with more behind it', () => {
    const large = writeHistory(makeHistory({ patients: 40, readings: 600, dropped: 0.3 }));
    const damaged = Buffer.concat([...large[0]!.chunks()]);
    damaged[3000]! ^= 1;
    const fault = faultOf(() => readLedger([source(damaged, 'old'), large[1]!]));
    expect(fault).toMatchObject({ code: 'ledger_corrupt', file: 'old' });
    expect(fault.message).toBe('old: block 0 is damaged: its checksum is wrong');
  });

  it('is refused when it is something else', () => {
    for (const garbage of ['{"runId":1}', 'x', '\u0000'.repeat(500)]) {
      const fault = faultOf(() => readLedger([source(Buffer.from(garbage))]));
      expect(fault.code).toBe('ledger_not_a_ledger');
    }
  });

  it('is refused when another version wrote it, with what to do', () => {
    const other = Buffer.from(bytes);
    other.writeUInt16LE(LEDGER_VERSION + 1, 4);
    const fault = faultOf(() => readLedger([source(other)]));
    expect(fault.code).toBe('ledger_version');
    expect(fault.message).toContain(
      `version ${LEDGER_VERSION + 1}; this program reads versions 2 to ${LEDGER_VERSION}`,
    );
  });

  it('is read when the version before wrote it, which flagged nothing', () => {
    const before = Buffer.from(bytes);
    before.writeUInt16LE(2, 4);
    expect([...readLedger([source(before)]).patients()]).toEqual([...readLedger([source(bytes)]).patients()]);
  });

  it('is refused when files of two runs lie together, or one worker is there twice', () => {
    const other = writeHistory(makeHistory({ patients: 3, seed: 2 }));
    expect(faultOf(() => readLedger([files[0]!, other[1]!])).code).toBe('ledger_mixed_runs');
    expect(faultOf(() => readLedger([files[0]!, files[0]!])).code).toBe('ledger_mixed_runs');
  });

  it('is refused when there is nothing', () => {
    expect(faultOf(() => readLedger([])).code).toBe('ledger_empty');
  });
});

describe('a ledger on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gaitway-ledger-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is there after a crash, as far as it was flushed, and whole after the end', () => {
    const run = join(folder, 'run');
    const { window, patients, seed } = history;
    const writer = new LedgerWriter({
      runId: 'run-1',
      seed,
      window,
      patients,
      worker: 0,
      workers: 1,
      patientId,
      readings: openLedgerFile(run, 'readings', 0, 1),
      frames: openLedgerFile(run, 'frames', 0, 1),
    });
    for (const told of history.told) {
      writer.made(told.patientIndex, told.bytes);
      writer.resolve(told.patientIndex, told.bytes, told.outcome, told.everSent);
    }
    writer.flush();
    const crashed = readLedger(ledgerFilesIn(run));
    expect(crashed.runs.count).toBeGreaterThan(0);
    expect(crashed.isOpenEnded(0)).toBe(true);
    writer.finish();
    writer.finish();
    const whole = readLedger(ledgerFilesIn(run));
    expect(whole.problems).toEqual([]);
    expect(whole.totals).toEqual(ledgerOf(history).totals);
    expect(whole.runsOf(2)).toEqual(ledgerOf(history).runsOf(2));
  });

  it('says which folder it could not use', () => {
    const file = join(folder, 'taken');
    writeFileSync(file, '');
    const unwritable = faultOf(() => openLedgerFile(file, 'readings', 0, 1));
    expect(unwritable).toMatchObject({ code: 'ledger_write' });
    expect(unwritable.message).toContain('cannot be opened for writing');
    expect(faultOf(() => ledgerFilesIn(folder))).toMatchObject({ code: 'ledger_empty', file: folder });
    expect(faultOf(() => ledgerFilesIn(join(folder, 'nowhere')))).toMatchObject({ code: 'ledger_empty' });
  });

  it('writes no block above 64 KB and a header, so that a crash costs little', () => {
    const lengths: number[] = [];
    const sink = { name: 'counted', write: (part: Uint8Array) => void lengths.push(part.length), close() {} };
    const { window } = history;
    const writer = new LedgerWriter({
      runId: 'r',
      seed: 1,
      window,
      patients: 1,
      worker: 0,
      workers: 1,
      patientId,
      readings: sink,
      frames: sink,
    });
    for (let seq = 0; seq < 5000; seq++) {
      writer.resolve(0, makeFrame(1000, 1, seq, history.startMs + seq * 5000, seq), 'dropped', true);
    }
    expect(lengths.length).toBeGreaterThan(2);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(64 * 1024 + 12);
  });
});

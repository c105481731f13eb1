import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeMeasureLedger } from '../audit/measure-audit.ts';
import { ledgerFilesIn, openLedgerFile } from './ledger-files.ts';
import { readLedger } from './ledger-reader.ts';
import { ledgerSize } from './ledger-size.ts';

/** The whole of it is 72 million readings; a user's machine plays one patient in fifty of them. */
const FULL = process.env.GAITWAY_TEST === 'full';
const PATIENTS = FULL ? 100_000 : 2000;
const PLAN_PATIENTS = 100_000;
const HOUR = { durationMs: 3_600_000, slotMs: 5000, windowMs: 60_000, runsPerWindow: 1 };
const READINGS = HOUR.durationMs / HOUR.slotMs;

/** No test of speed: only what bounds one that hangs. */
const TIMEOUT_MS = 900_000;
const noClock = { epochMs: () => 0, monotonicMs: () => 0, setTimer: () => null, clearTimer: () => {} };

describe('the ledger of an hour, as it lies on disk', { timeout: TIMEOUT_MS }, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gaitway-ledger-size-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('takes at most 64 bytes a patient and window, and 500 MB for 100,000 patients', () => {
    writeMeasureLedger(
      { clock: noClock, patients: PATIENTS, readingsPerPatient: READINGS, slotMs: HOUR.slotMs },
      {
        readings: openLedgerFile(folder, 'readings', 0, 1),
        frames: openLedgerFile(folder, 'frames', 0, 1),
      },
    );
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    // Every record is one patient's; what does not grow with patients (headers, the end) is counted as if it did.
    expect((bytes * PLAN_PATIENTS) / PATIENTS).toBeLessThanOrEqual(500_000_000);

    const ledger = readLedger(ledgerFilesIn(folder));
    expect(ledger.problems).toEqual([]);
    expect(ledger.totals.acknowledged).toBe(PATIENTS * READINGS);
    const windows = ledger.runs.count;
    expect(windows).toBeGreaterThanOrEqual(PATIENTS * 60);
    expect(windows).toBeLessThanOrEqual(PATIENTS * 61);
    expect(bytes / windows).toBeLessThanOrEqual(64);
    // One per cent of the windows, by hash: what chance leaves of it is far within a tenth.
    expect(ledger.frames.count / ledger.totals.acknowledged).toBeGreaterThan(0.009);
    expect(ledger.frames.count / ledger.totals.acknowledged).toBeLessThan(0.011);

    const said = ledgerSize({ ...HOUR, patients: PATIENTS, patientIdBytes: 14, workers: 1 });
    expect(bytes).toBeLessThanOrEqual(1.02 * said.bytes);
    expect(bytes).toBeGreaterThan(0.9 * said.bytes);
  });
});

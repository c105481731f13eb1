import type { RunRecord } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { FULL, gaitway } from './binary.fixture.ts';
import { expectSoundRun } from './run-outcome.fixture.ts';

const PATIENTS = 20;
const SHORT = ['run', 'smoke', '--patients', String(PATIENTS), '--viewers', '0', '--duration', '8s'];

async function played(cache: 'on' | 'off') {
  const { stdout, code } = await gaitway([...SHORT, '--cache', cache, '--json']);
  const record = JSON.parse(stdout) as RunRecord;
  expectSoundRun(record, code);
  expect(record.options.cache).toBe(cache);
  const { complete, partial } = record.audit.compared.windows;
  const { reading = 0, window = 0 } = record.archiveWrites;
  return {
    ...{ record, reading, window, windows: complete + partial },
    stored: record.audit.compared.stored,
    late: record.audit.late,
    perReading: (reading + window) / record.audit.compared.stored,
  };
}

describe.runIf(FULL)('gaitway run --cache on and off', () => {
  it('keeps every reading in both, with a write a window and with a write a reading: it is measured', async () => {
    const [on, off] = await Promise.all([played('on'), played('off')]);

    expect(on.record.environment.stores.readingLog.kind).toBe('embedded');
    expect(on.reading).toBe(0);
    for (const { window, windows, late } of [on, off]) {
      expect(window).toBeGreaterThanOrEqual(windows);
      // A late reading amends its document. A machine that stood still for longer than a lease has every window
      // folded again by whoever has the next one.
      expect(window).toBeLessThanOrEqual(2 * windows + late);
    }

    expect(off.record.environment.stores.cache.kind).toBe('off');
    expect(off.stored).toBeGreaterThanOrEqual(8 * PATIENTS);
    expect(off.reading).toBeGreaterThanOrEqual(off.stored);
    // A reading that its device sent again while the first was under way may be kept twice; it counts once. The report of a fall is
    // kept as a reading is, and raises an alert.
    const { alert = 0 } = off.record.archiveWrites;
    expect(off.reading).toBeLessThanOrEqual(off.stored + off.record.load.retransmitted + alert);

    expect(on.perReading).toBeLessThan(off.perReading);
  });
});

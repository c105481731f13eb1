import { describe, expect, it } from 'vitest';
import { frameOf } from '../ingest/frames.fixture.ts';
import type { LogEntry } from '../ingest/reading-log.ts';
import { createStageTimer } from '../observe/stage-timer.ts';
import { type DueWork, PartitionWindows } from './partition-windows.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const WINDOW_MS = 60_000;
const SETTINGS = {
  window: { windowMs: WINDOW_MS, windowOriginMs: 0, windowPhaseSpreadMs: WINDOW_MS },
  allowedLatenessMs: 2000,
  idleGraceMs: 1000,
};

/** A partition of which nobody has read anything yet. */
function freshPartition(): PartitionWindows {
  const timer = createStageTimer(() => 0);
  return new PartitionWindows(0, SETTINGS, null, {
    route: timer.stage('route'),
    infer: timer.stage('infer'),
    fold: timer.stage('fold'),
    close: timer.stage('close'),
  });
}

let entries = 0;

/** One entry with a reading of each patient that starts at `startMs`. */
function entryOf(patients: readonly string[], startMs: number, receivedAtMs: number): LogEntry {
  entries += 1;
  const bytes = frameOf({ seq: entries, startMs });
  return {
    position: String(entries),
    receivedAtMs,
    records: patients.map((patient) => ({ patient, ward: `ward of ${patient}`, bytes })),
  };
}

/** As `windows.takeDue`, and throws when that looks into a map more often than `most` times. */
function takeDueWithin(most: number, windows: PartitionWindows, nowMs: number): DueWork {
  const { get } = Map.prototype;
  let lookUps = 0;
  Map.prototype.get = function (this: Map<unknown, unknown>, key: unknown) {
    lookUps += 1;
    if (lookUps > most) throw new Error(`more than ${most} look-ups`);
    return get.call(this, key);
  };
  try {
    return windows.takeDue(nowMs, true);
  } finally {
    Map.prototype.get = get;
  }
}

describe('the windows of a partition', () => {
  it('close in few steps when the first device has a clock at 1970, and each reading is in its window', () => {
    const windows = freshPartition();
    windows.fold(entryOf(['old'], 0, NOW_MS));
    const first = takeDueWithin(1000, windows, NOW_MS).closed;
    expect(first).toHaveLength(1);
    expect(first[0]).toMatchObject({ complete: true, window: { patient: 'old', readings: 1 } });
    expect(first[0]!.window.startMs).toBeLessThanOrEqual(0);
    expect(first[0]!.window.endMs).toBeGreaterThan(0);

    windows.fold(entryOf(['new'], NOW_MS, NOW_MS + 5000));
    const second = takeDueWithin(1000, windows, NOW_MS + 2 * WINDOW_MS).closed;
    expect(second).toHaveLength(1);
    expect(second[0]).toMatchObject({ complete: true, window: { patient: 'new', readings: 1 } });
    expect(second[0]!.window.startMs).toBeLessThanOrEqual(NOW_MS);
    expect(second[0]!.window.endMs).toBeGreaterThan(NOW_MS);

    // What comes now from 1970 is late, like any reading whose window has closed: kept, and told which window.
    windows.fold(entryOf(['old'], 5000, NOW_MS + 2 * WINDOW_MS));
    const { closed, late } = takeDueWithin(1000, windows, NOW_MS + 2 * WINDOW_MS);
    expect(closed).toEqual([]);
    expect(late).toMatchObject([{ patient: 'old' }]);
    expect(late[0]!.startMs).toBeLessThanOrEqual(5000);
    expect(late[0]!.endMs).toBeGreaterThan(5000);
  });

  it('keep nothing of a patient who has no window open, and take late readings all the same', () => {
    const patients = Array.from({ length: 500 }, (_, index) => `p${index}`);
    const windows = freshPartition();
    windows.fold(entryOf(patients, NOW_MS, NOW_MS + 5000));
    windows.takeDue(NOW_MS + 5000, true);
    expect(windows.openPatients).toBe(500);
    const { closed } = windows.takeDue(NOW_MS + 2 * WINDOW_MS, true);
    expect(closed).toHaveLength(500);
    expect(windows.openPatients).toBe(0);

    windows.fold(entryOf(['p7'], NOW_MS, NOW_MS + 2 * WINDOW_MS));
    const { late } = windows.takeDue(NOW_MS + 2 * WINDOW_MS, true);
    const { startMs, endMs } = closed.find(({ window }) => window.patient === 'p7')!.window;
    expect(late).toMatchObject([{ patient: 'p7', ward: 'ward of p7', startMs, endMs }]);
    expect(windows.openPatients).toBe(0);

    windows.fold(entryOf(['p7'], NOW_MS + 3 * WINDOW_MS, NOW_MS + 3 * WINDOW_MS + 5000));
    expect(windows.openPatients).toBe(1);
  });
});

import { EventType, encodeFrame, eventPayload, FrameKind, type WindowSettings } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { frameOf } from '../ingest/frames.fixture.ts';
import type { LogEntry, Progress } from '../ingest/reading-log.ts';
import { createStageTimer } from '../observe/stage-timer.ts';
import type { DueWork } from './due-work.ts';
import { PartitionWindows } from './partition-windows.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const WINDOW_MS = 60_000;
const SETTINGS = {
  window: { windowMs: WINDOW_MS, windowOriginMs: 0, windowPhaseSpreadMs: WINDOW_MS },
  allowedLatenessMs: 2000,
  idleGraceMs: 1000,
};

/** A partition of which nobody has read anything yet, or that another owner has brought to here. */
function freshPartition(
  progress: Progress | null = null,
  window: WindowSettings = SETTINGS.window,
): PartitionWindows {
  const timer = createStageTimer(() => 0);
  return new PartitionWindows(0, { ...SETTINGS, window }, progress, {
    route: timer.stage('route'),
    infer: timer.stage('infer'),
    fold: timer.stage('fold'),
    close: timer.stage('close'),
  });
}

let entries = 0;

/** One entry with a reading of each patient that starts at `startMs`. */
function entryOf(
  patients: readonly string[],
  startMs: number,
  receivedAtMs: number,
  slotMs = 5000,
): LogEntry {
  entries += 1;
  const bytes = frameOf({ seq: entries, startMs, slotMs });
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

/** Every patient's window is the minute from NOW_MS on here: what differs is the length of their slots. */
describe('the slots that one device names', () => {
  const END_MS = NOW_MS + WINDOW_MS;
  const SLOT_MS = 5000;
  const LONGEST_SLOT_MS = 65_535;
  const AT_ONCE = { ...SETTINGS.window, windowPhaseSpreadMs: 0 };
  const closedAt = (windows: PartitionWindows, nowMs: number) =>
    windows
      .takeDue(nowMs, true)
      .closed.map(({ window, complete }) => ({ patient: window.patient, complete }));

  /** When a partition in which all is silent has closed a window: lateness, one slot, grace, and up to a bucket. */
  const closedByMs = (slotMs: number) =>
    END_MS + slotMs + SETTINGS.allowedLatenessMs + SETTINGS.idleGraceMs + 250;

  it('hold nobody else open, however long they are', () => {
    const windows = freshPartition(null, AT_ONCE);
    windows.fold(entryOf(['slow'], NOW_MS, NOW_MS + LONGEST_SLOT_MS, LONGEST_SLOT_MS));
    windows.fold(entryOf(['usual'], NOW_MS + 30_000, NOW_MS + LONGEST_SLOT_MS, SLOT_MS));
    expect(closedAt(windows, closedByMs(SLOT_MS))).toEqual([{ patient: 'usual', complete: true }]);
    expect(closedAt(windows, closedByMs(LONGEST_SLOT_MS))).toEqual([{ patient: 'slow', complete: true }]);
  });

  it('close nobody else before a reading can have come, however short they are', () => {
    const windows = freshPartition(null, AT_ONCE);
    windows.fold(entryOf(['usual'], NOW_MS, NOW_MS + SLOT_MS, SLOT_MS));
    windows.fold(entryOf(['hasty'], NOW_MS, NOW_MS, 0));
    // The hasty device goes on into the next minute: event time is past the end of the window and its lateness.
    const lastMs = END_MS + SETTINGS.allowedLatenessMs + 500;
    windows.fold(entryOf(['hasty'], lastMs, lastMs, 0));
    expect(closedAt(windows, lastMs)).toEqual([{ patient: 'hasty', complete: true }]);
    // The last reading of the usual one began within the window, and comes a slot later.
    windows.fold(entryOf(['usual'], END_MS - 1, END_MS - 1 + SLOT_MS, SLOT_MS));
    const { closed, late } = windows.takeDue(closedByMs(SLOT_MS), true);
    expect(late).toEqual([]);
    expect(closed).toMatchObject([{ complete: true, window: { patient: 'usual', readings: 2 } }]);
  });

  it('make late, and lose not, a longer one that is the first of a window behind the shortest', () => {
    const windows = freshPartition(null, AT_ONCE);
    const lastMs = END_MS + SETTINGS.allowedLatenessMs + 500;
    windows.fold(entryOf(['hasty'], lastMs, lastMs, 0));
    expect(closedAt(windows, lastMs)).toEqual([]);
    windows.fold(entryOf(['usual'], END_MS - 1, END_MS - 1 + SLOT_MS, SLOT_MS));
    const { late } = windows.takeDue(lastMs, true);
    expect(late).toMatchObject([{ patient: 'usual', startMs: NOW_MS, endMs: END_MS }]);
  });

  it('are kept to when the partition changes hands: what is still open is opened again', () => {
    const windows = freshPartition(null, AT_ONCE);
    const slow = entryOf(['slow'], NOW_MS, NOW_MS + LONGEST_SLOT_MS, LONGEST_SLOT_MS);
    windows.fold(slow);
    windows.fold(entryOf(['usual'], NOW_MS + 30_000, NOW_MS + LONGEST_SLOT_MS, SLOT_MS));
    expect(closedAt(windows, closedByMs(SLOT_MS))).toHaveLength(1);
    const progress = windows.progress();
    expect(progress.position).toBeNull();

    const next = freshPartition(progress, AT_ONCE);
    next.fold(slow);
    const { closed, late } = next.takeDue(closedByMs(LONGEST_SLOT_MS), true);
    expect(late).toEqual([]);
    expect(closed).toMatchObject([{ complete: true, window: { patient: 'slow', readings: 1 } }]);
  });

  it('decide whether a window that is closed by command is complete', () => {
    const windows = freshPartition(null, AT_ONCE);
    windows.fold(entryOf(['slow'], NOW_MS, NOW_MS + LONGEST_SLOT_MS, LONGEST_SLOT_MS));
    windows.fold(entryOf(['usual'], NOW_MS + 60_000 - SLOT_MS, NOW_MS + LONGEST_SLOT_MS, SLOT_MS));
    const receivedAtMs = END_MS + SLOT_MS + 1000;
    windows.fold({ ...entryOf([], 0, receivedAtMs), closeOpen: true });
    expect(closedAt(windows, receivedAtMs)).toEqual([
      { patient: 'slow', complete: false },
      { patient: 'usual', complete: true },
    ]);
    expect(windows.openPatients).toBe(0);
  });
});

describe('a fall that is reported to a partition', () => {
  const FALL_MS = NOW_MS + 300_000;

  function fallEntry(): LogEntry {
    entries += 1;
    const header = {
      ...{ kind: FrameKind.event, flags: 0, placement: 1, accelRange: 2, gyroRange: 2, device: 7, boot: 1 },
      ...{ firmware: 1, seq: entries, startMs: FALL_MS, batteryMv: 3700, slotMs: 0 },
    };
    const measured = { peak: 9000, min: 100, gyroPeak: 9000, tiltCosine: 0, offsetMs: 0 };
    const bytes = encodeFrame(header, eventPayload({ type: EventType.fall, ...measured }), entries);
    const records = [{ patient: 'b', ward: 'w', bytes }];
    return { position: String(entries), receivedAtMs: FALL_MS + 1000, records };
  }

  /** Everything before the fall is closed and done with. */
  function quietPartition() {
    const windows = freshPartition();
    const before = entryOf(['a'], NOW_MS, NOW_MS + 5000);
    windows.fold(before);
    windows.takeDue(FALL_MS, true);
    expect(windows.progress().position).toBe(before.position);
    return { windows, before };
  }

  it('is raised at once, and once however often its frame comes', () => {
    const { windows } = quietPartition();
    const fall = fallEntry();
    windows.fold(fall);
    windows.fold({ ...fallEntry(), records: fall.records });
    const { raised, settled, closed } = windows.takeDue(FALL_MS + 1100, true);
    expect(raised).toMatchObject([{ rule: 'fall', state: 'raised' }]);
    expect({ settled, closed }).toEqual({ settled: [], closed: [] });
  });

  it('holds progress no longer than the windows that are closed by command, and stays as it was raised', () => {
    const { windows } = quietPartition();
    windows.fold(fallEntry());
    const marker = { ...entryOf([], 0, FALL_MS + 2000), closeOpen: true };
    windows.fold(marker);
    expect(windows.takeDue(FALL_MS + 2000, true).settled).toEqual([]);
    expect(windows.progress().position).toBe(marker.position);
  });

  it('holds progress before its event until it is settled, or nobody reports anything for 60 s', () => {
    const { windows, before } = quietPartition();
    const fall = fallEntry();
    windows.fold(fall);
    windows.takeDue(FALL_MS + 60_000, true);
    expect(windows.progress().position).toBe(before.position);
    windows.takeDue(FALL_MS + 61_000 + SETTINGS.idleGraceMs, true);
    expect(windows.progress().position).toBe(fall.position);
  });
});

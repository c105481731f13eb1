import { type WindowDocument, windowPhaseMs, windowStartMs } from '@gaitway/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Archive } from '../archive/archive.ts';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { MemoryFanOut } from '../fanout/memory-fan-out.ts';
import { frameOf } from '../ingest/frames.fixture.ts';
import { MemoryReadingLog } from '../ingest/memory-reading-log.ts';
import { type LogRecord, partitionOf } from '../ingest/reading-log.ts';
import { createManualClock, type ManualClock } from '../observe/manual-clock.fixture.ts';
import { createNullMeter, type NullMeter } from '../observe/null-meter.ts';
import { createStageTimer } from '../observe/stage-timer.ts';
import { ClosingControl } from './closing-control.ts';
import { MemoryPartitionLeases } from './memory-partition-leases.ts';
import { PROCESSOR_SETTINGS_DEFAULT, Processor } from './processor.ts';

const PARTITIONS = 2;
const WINDOW = { windowMs: 60_000, windowOriginMs: 0, windowPhaseSpreadMs: 60_000 };
const PATIENT = 'p000006';
const PHASE_MS = windowPhaseMs(PATIENT, WINDOW);

describe('the processor', () => {
  let clock: ManualClock;
  let meter: NullMeter;
  let log: MemoryReadingLog;
  let leases: MemoryPartitionLeases;
  let archive: MemoryArchive;
  let warnings: string[];
  /** A moment at which a window of the patient starts, a little after the clock's start. */
  let windowStart: number;

  beforeEach(() => {
    clock = createManualClock();
    meter = createNullMeter();
    warnings = [];
    log = new MemoryReadingLog({ partitions: PARTITIONS, entriesMax: 100_000 });
    leases = new MemoryPartitionLeases(clock);
    archive = new MemoryArchive();
    windowStart = windowStartMs(clock.epochMs(), PHASE_MS, WINDOW) + WINDOW.windowMs;
  });

  function processor(instance: string, over: { archive?: Archive; fanOut?: MemoryFanOut } = {}): Processor {
    return new Processor({
      instance,
      log,
      leases,
      archive: over.archive ?? archive,
      fanOut: over.fanOut ?? new MemoryFanOut(),
      clock,
      meter,
      stages: createStageTimer(() => clock.monotonicMs()),
      warn: (says) => warnings.push(says),
      settings: { ...PROCESSOR_SETTINGS_DEFAULT, window: WINDOW, allowedLatenessMs: 2000, leaseTtlMs: 5000 },
    });
  }

  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.passMs(Math.min(50, ms - passed));
      for (let turn = 0; turn < 60; turn++) await Promise.resolve();
    }
  }

  async function append(...seqs: number[]): Promise<void> {
    const records: LogRecord[] = seqs.map((seq) => ({
      patient: PATIENT,
      ward: 'w0000',
      bytes: frameOf({ seq: seq + 1, startMs: windowStart + seq * 5000, fill: 1 + ((seq + 1) % 50) }),
    }));
    await log.append({
      receivedAtMs: clock.epochMs(),
      partitions: [{ partition: partitionOf(PATIENT, PARTITIONS), records }],
      watermarks: new Map(),
    });
  }

  const passTo = (epochMs: number) => pass(epochMs - clock.epochMs());
  const windowOne = async () => (await archive.windowsAt([{ patient: PATIENT, startMs: windowStart }]))[0]!;
  const content = ({ epoch, revision, closedAtMs, lateReadings, ...document }: WindowDocument) => document;

  /** Appends each reading of the numbers when it is due, five seconds after its start. */
  async function live(from: number, to: number): Promise<void> {
    for (let seq = from; seq <= to; seq++) {
      await passTo(windowStart + (seq + 1) * 5000);
      await append(seq);
    }
  }

  it('closes a window by event time, with every reading in it, and commits behind it', async () => {
    processor('a').start();
    await live(0, 14);
    const document = await windowOne();
    expect(document).toMatchObject({
      patient: PATIENT,
      startMs: windowStart,
      endMs: windowStart + 60_000,
      readings: 12,
      lateReadings: 0,
      revision: 1,
      complete: true,
      identities: [{ device: 7, boot: 1, fromSeq: 1, toSeq: 12 }],
    });
    expect(document.slots).toHaveLength(12);
    await pass(2000);
    const progress = await log.progressOf(partitionOf(PATIENT, PARTITIONS));
    expect(progress!.closedThroughMs).toBeGreaterThanOrEqual(document.endMs);
    const unread = await log.read(
      [{ partition: partitionOf(PATIENT, PARTITIONS), after: progress!.position }],
      100,
    );
    const left = [...unread.values()].flat().flatMap(({ records }) => records);
    expect(left).toHaveLength(3);
  });

  it('closes the window of a device that fell silent, because time goes on without it', async () => {
    processor('a').start();
    await live(0, 3);
    await passTo(windowStart + 75_000);
    expect(await windowOne()).toMatchObject({ readings: 4, complete: true });
  });

  it('calls nothing late that comes when it is due, however long it had waited for a first reading', async () => {
    processor('a').start();
    // The slot begins a second before its window ends, and so is due four seconds after.
    await passTo(windowStart + 4000);
    const bytes = frameOf({ seq: 0, startMs: windowStart - 1000 });
    await log.append({
      receivedAtMs: clock.epochMs(),
      partitions: [
        {
          partition: partitionOf(PATIENT, PARTITIONS),
          records: [{ patient: PATIENT, ward: 'w0000', bytes }],
        },
      ],
      watermarks: new Map(),
    });
    await pass(10_000);
    expect(meter.countOf('readingsFolded')).toBe(1);
    expect(meter.countOf('readingsLate')).toBe(0);
  });

  it('stores what a device with a clock at 1970 sends to a fresh server, and what others send after it', async () => {
    processor('a').start();
    await log.append({
      receivedAtMs: clock.epochMs(),
      partitions: [
        {
          partition: partitionOf(PATIENT, PARTITIONS),
          records: [{ patient: PATIENT, ward: 'w0000', bytes: frameOf({ seq: 0, startMs: 0 }) }],
        },
      ],
      watermarks: new Map(),
    });
    await live(0, 14);
    const longAgo = windowStartMs(0, PHASE_MS, WINDOW);
    expect(await archive.windowsAt([{ patient: PATIENT, startMs: longAgo }])).toMatchObject([
      { readings: 1, complete: true, identities: [{ fromSeq: 0, toSeq: 0 }] },
    ]);
    expect(await windowOne()).toMatchObject({ readings: 12, complete: true });
  });

  it('amends a closed window by a late reading, as the next revision, and tells who watches', async () => {
    const fanOut = new MemoryFanOut();
    const seen: number[] = [];
    fanOut.watchPatient(PATIENT, (update) => {
      if (update.kind === 'window') seen.push(update.window.revision);
    });
    processor('a', { fanOut }).start();
    await live(0, 10);
    await passTo(windowStart + 80_000);
    expect(await windowOne()).toMatchObject({ readings: 11, revision: 1 });
    await append(11, 3);
    await pass(500);
    expect(await windowOne()).toMatchObject({
      readings: 12,
      revision: 2,
      lateReadings: 1,
      identities: [{ device: 7, boot: 1, fromSeq: 1, toSeq: 12 }],
    });
    expect(seen).toEqual([1, 2]);
    expect(meter.countOf('readingsLate')).toBe(1);
  });

  it('counts a repeated reading once', async () => {
    processor('a').start();
    await passTo(windowStart + 30_000);
    await append(0, 1, 1, 0, 2);
    await append(2);
    await passTo(windowStart + 80_000);
    expect(await windowOne()).toMatchObject({ readings: 3 });
    expect(meter.countOf('readingsRepeated')).toBe(3);
  });

  it('gives the same document in whatever order readings come', async () => {
    processor('a').start();
    await passTo(windowStart + 60_000);
    await append(5, 2, 11, 0, 1, 3, 4, 10, 9, 8, 7, 6);
    await passTo(windowStart + 80_000);
    const shuffled = await windowOne();
    log = new MemoryReadingLog({ partitions: PARTITIONS, entriesMax: 100_000 });
    archive = new MemoryArchive();
    leases = new MemoryPartitionLeases(clock);
    processor('b').start();
    await append(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    await pass(10_000);
    expect(content(await windowOne())).toEqual(content(shuffled));
  });

  it('that crashed is replaced: the next owner repeats the work and the document is the same', async () => {
    const whole = processor('a');
    whole.start();
    await live(0, 14);
    await pass(3000);
    const expected = content(await windowOne());
    await whole.stop();

    log = new MemoryReadingLog({ partitions: PARTITIONS, entriesMax: 100_000 });
    archive = new MemoryArchive();
    const restarted = createManualClock(windowStart - 1000);
    clock = restarted;
    leases = new MemoryPartitionLeases(clock);
    const crashing = processor('b');
    crashing.start();
    await live(0, 6);
    // A crash: its timers never fire again.
    const before = clock.epochMs();
    clock = createManualClock(before);
    leases = new MemoryPartitionLeases(
      clock,
      new Map([
        [0, 1],
        [1, 1],
      ]),
    );
    processor('c').start();
    await live(7, 14);
    await pass(3000);
    expect(content(await windowOne())).toEqual(expected);
    expect((await windowOne()).epoch).toBe(2);
  });

  it('whose lease ran out overwrites nothing when it comes back', async () => {
    const held: (() => void)[] = [];
    const slow = new Proxy(archive, {
      get(target, name: Exclude<keyof MemoryArchive, 'durability'>) {
        if (name !== 'saveWindows') return Reflect.get(target, name).bind(target);
        return async (windows: readonly WindowDocument[]) => {
          await new Promise<void>((resolve) => held.push(resolve));
          return target.saveWindows(windows);
        };
      },
    });
    processor('stalled', { archive: slow }).start();
    await live(0, 14);
    expect(held).toHaveLength(1);
    // The stalled one hangs in its write for longer than its lease; another takes over and archives.
    leases = new MemoryPartitionLeases(
      clock,
      new Map([
        [0, 1],
        [1, 1],
      ]),
    );
    processor('other').start();
    await append(3);
    await pass(10_000);
    const document = await windowOne();
    expect(document).toMatchObject({ readings: 12, epoch: 2 });
    held[0]!();
    await pass(1000);
    expect(await windowOne()).toEqual(document);
    expect(meter.countOf('archiveFenced')).toBeGreaterThan(0);
  });

  it('closes what is open when told to, and puts what comes later into the same document', async () => {
    const control = new ClosingControl(log, clock);
    processor('a').start();
    await live(0, 5);
    const asked = await control.closeOpenWindows();
    expect(asked.done).toBe(false);
    await pass(3000);
    expect(await control.closingProgress(asked.id)).toMatchObject({ done: true });
    expect(await windowOne()).toMatchObject({ readings: 6, complete: false, revision: 1 });
    await append(6);
    await pass(500);
    expect(await windowOne()).toMatchObject({ readings: 7, complete: false, revision: 2 });
  });

  it('keeps what it could not archive in the log, and archives it when the store is back', async () => {
    let broken = true;
    const flaky = new Proxy(archive, {
      get(target, name: Exclude<keyof MemoryArchive, 'durability'>) {
        if (name !== 'saveWindows') return Reflect.get(target, name).bind(target);
        return async (windows: readonly WindowDocument[]) => {
          if (broken) throw new Error('the disk is full');
          return target.saveWindows(windows);
        };
      },
    });
    processor('a', { archive: flaky }).start();
    await live(0, 14);
    await pass(20_000);
    expect(await windowOne()).toBeNull();
    expect(warnings.some((says) => says.includes('the disk is full'))).toBe(true);
    broken = false;
    await pass(10_000);
    expect(await windowOne()).toMatchObject({ readings: 12 });
  });

  it('loses nothing when it is stopped while the archive cannot be reached', async () => {
    const dead = new Proxy(archive, {
      get(target, name: Exclude<keyof MemoryArchive, 'durability'>) {
        if (name !== 'saveWindows') return Reflect.get(target, name).bind(target);
        return async () => {
          throw new Error('unreachable');
        };
      },
    });
    const first = processor('a', { archive: dead });
    first.start();
    await live(0, 14);
    const stopped = first.stop();
    await pass(10_000);
    await stopped;
    processor('b').start();
    await pass(10_000);
    expect(await windowOne()).toMatchObject({ readings: 12 });
  });

  it('shares partitions with another processor, and takes them all when it is gone', async () => {
    const first = processor('a');
    first.start();
    await pass(1000);
    expect(meter.gaugeOf('partitionsOwned')).toBe(2);
    const second = processor('b');
    second.start();
    await pass(20_000);
    const heldBy = async (owner: string) =>
      (await Promise.all([0, 1].map((partition) => leases.acquire(partition, owner, 1)))).filter(Boolean)
        .length;
    expect(await heldBy('nobody')).toBe(0);
    await second.stop();
    await pass(20_000);
    expect(await heldBy('nobody')).toBe(0);
    expect(warnings).toEqual([]);
  });
});

import { FEATURE_FIELDS, readFrame, type WindowDocument } from '@gaitway/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { RETENTION_DEFAULT } from '../archive/archive.ts';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { MemoryFanOut } from '../fanout/memory-fan-out.ts';
import { ArchiveReadingLog } from '../ingest/archive-reading-log.ts';
import { frameOf } from '../ingest/frames.fixture.ts';
import { MemoryReadingLog } from '../ingest/memory-reading-log.ts';
import type { ReadingLog } from '../ingest/reading-log.ts';
import { createManualClock, type ManualClock } from '../observe/manual-clock.fixture.ts';
import { createNullMeter, type NullMeter } from '../observe/null-meter.ts';
import { createStageTimer } from '../observe/stage-timer.ts';
import { DocumentWriter, WriterStopped } from './document-writer.ts';
import { noWork } from './due-work.ts';
import { MemoryPartitionLeases } from './memory-partition-leases.ts';
import { OpenWindow } from './open-window.ts';
import { PROCESSOR_SETTINGS_DEFAULT, Processor } from './processor.ts';
import { ProcessorMeters } from './processor-meters.ts';

const WINDOW = { windowMs: 60_000, windowOriginMs: 0, windowPhaseSpreadMs: 0 };
const PATIENT = 'p000006';
const SLOT_MS = 5000;
const READINGS_MS = 3600_000;

let clock: ManualClock;
let archive: MemoryArchive;
let windowStart: number;
beforeEach(() => {
  clock = createManualClock();
  windowStart = clock.epochMs() + WINDOW.windowMs;
  archive = new MemoryArchive({ ...RETENTION_DEFAULT, readingsMs: READINGS_MS });
});

const recordOf = (seq: number) => ({
  patient: PATIENT,
  ward: 'w0000',
  bytes: frameOf({ seq, startMs: windowStart + seq * SLOT_MS, fill: 1 + (seq % 50) }),
});
const documentAt = async (startMs: number) => (await archive.windowsAt([{ patient: PATIENT, startMs }]))[0]!;
const numbersOf = ({ identities }: WindowDocument) =>
  identities.map(({ fromSeq, toSeq }) => [fromSeq, toSeq]);

describe('a document that is there, and what a new owner reads of its readings', () => {
  let leases: MemoryPartitionLeases;
  beforeEach(() => {
    leases = new MemoryPartitionLeases(clock);
  });

  function start(log: ReadingLog): Processor {
    const processor = new Processor({
      ...{ instance: 'a', log, leases, archive, fanOut: new MemoryFanOut(), clock, meter: createNullMeter() },
      stages: createStageTimer(() => clock.monotonicMs()),
      warn: (says) => {
        throw new Error(says);
      },
      settings: { ...PROCESSOR_SETTINGS_DEFAULT, window: WINDOW, allowedLatenessMs: 2000, leaseTtlMs: 5000 },
    });
    processor.start();
    return processor;
  }

  async function passTo(epochMs: number): Promise<void> {
    while (clock.epochMs() < epochMs) {
      clock.passMs(Math.min(50, epochMs - clock.epochMs()));
      for (let turn = 0; turn < 60; turn++) await Promise.resolve();
    }
  }

  const append = (log: ReadingLog, ...seqs: number[]) =>
    log.append({
      receivedAtMs: clock.epochMs(),
      partitions: [{ partition: 0, records: seqs.map(recordOf) }],
      watermarks: new Map(),
    });

  /** A server over this log: each reading is appended when it is due, and then time goes on for a while. */
  async function serve(log: ReadingLog, from: number, to: number, thenMs: number): Promise<void> {
    const processor = start(log);
    for (let seq = from; seq <= to; seq++) {
      await passTo(windowStart + (seq + 1) * SLOT_MS);
      await append(log, seq);
    }
    await passTo(clock.epochMs() + thenMs);
    await processor.stop();
  }

  const cacheOn = () => new MemoryReadingLog({ partitions: 1, entriesMax: 100_000 });
  const cacheOff = () => ArchiveReadingLog.open(archive, { partitions: 1, durability: 'process' });

  /** What the document is when one server reads everything once, without what tells how it came about. */
  async function inOneRun(): Promise<Partial<WindowDocument>> {
    const other = archive;
    archive = new MemoryArchive();
    await serve(cacheOn(), 0, 14, 5000);
    const document = contentOf(await documentAt(windowStart));
    archive = other;
    return document;
  }
  const contentOf = ({ epoch, revision, closedAtMs, lateReadings, ...content }: WindowDocument) => content;

  it('stays whole when half of its readings have expired before the server starts again (cache off)', async () => {
    await serve(await cacheOff(), 0, 26, 5000);
    const whole = [await documentAt(windowStart), await documentAt(windowStart + 60_000)];
    expect(whole.map(numbersOf)).toEqual([[[0, 11]], [[12, 23]]]);
    await archive.expire(windowStart + 6.5 * SLOT_MS + READINGS_MS);
    expect(await archive.readingsAfter(0, null, 100)).toHaveLength(21);
    await serve(await cacheOff(), 27, 27, 70_000);
    expect([await documentAt(windowStart), await documentAt(windowStart + 60_000)]).toEqual(whole);
    expect(numbersOf(await documentAt(windowStart + 120_000))).toEqual([[24, 27]]);
  });

  it('has the readings of both logs when the cache was on, then off, then on, then off', async () => {
    const on = cacheOn();
    await serve(on, 0, 4, 0);
    // The last two had not been acknowledged: they come again.
    await serve(await cacheOff(), 3, 14, 5000);
    expect(numbersOf(await documentAt(windowStart))).toEqual([[3, 11]]);
    await serve(on, 15, 15, 5000);
    const merged = await documentAt(windowStart);
    expect(merged).toMatchObject({ readings: 12, lateReadings: 3, revision: 2 });
    await serve(await cacheOff(), 16, 16, 5000);
    expect(await documentAt(windowStart)).toEqual(merged);
    expect(contentOf(merged)).toEqual(await inOneRun());
  });

  it('takes up what comes first when the new owner has read everything already', async () => {
    await serve(await cacheOff(), 0, 4, 60_000);
    expect(numbersOf(await documentAt(windowStart))).toEqual([[0, 4]]);
    const on = cacheOn();
    const processor = start(on);
    await passTo(clock.epochMs() + 1000);
    await append(on, 5, 6, 7, 8, 9, 10, 11);
    await passTo(clock.epochMs() + 10_000);
    await processor.stop();
    expect(contentOf(await documentAt(windowStart))).toEqual(await inOneRun());
  });
});

describe('the writer of documents', () => {
  let meter: NullMeter;
  beforeEach(() => {
    meter = createNullMeter();
  });

  const writer = () =>
    new DocumentWriter(
      {
        ...{ archive, fanOut: new MemoryFanOut(), clock, warn: () => {} },
        stages: createStageTimer(() => clock.monotonicMs()),
      },
      new ProcessorMeters(meter),
    );

  /** A rebuilt window with tremor in every slot. */
  function rebuilt(...seqs: number[]): OpenWindow {
    const window = new OpenWindow(PATIENT, 'w0000', windowStart, windowStart + 60_000, 0, true);
    for (const record of seqs.map(recordOf)) {
      const frame = readFrame(record.bytes);
      const values = new Int32Array(FEATURE_FIELDS.length);
      window.fold(frame, frame.seq, 0, values, {
        tremor: 900,
        rigidityProxy: null,
        gait: null,
        freezing: null,
      });
      window.records!.push(record);
    }
    return window;
  }
  const dueOf = (epoch: number, window: OpenWindow) => [
    { partition: 3, epoch, work: { ...noWork(), closed: [{ window, complete: true }] } },
  ];

  it('raises the alerts of a document whose owner got no further than to archive it, once', async () => {
    const seqs = [0, 1, 2, 3, 4, 5, 6];
    const crashing = writer();
    const { saveAlerts } = archive;
    archive.saveAlerts = async () => {
      crashing.stopping = true;
      throw new Error('the process is gone');
    };
    await expect(crashing.write(dueOf(1, rebuilt(...seqs)))).rejects.toBeInstanceOf(WriterStopped);
    archive.saveAlerts = saveAlerts;
    const archived = await documentAt(windowStart);
    expect(numbersOf(archived)).toEqual([[0, 6]]);
    for (const epoch of [2, 3])
      expect(await writer().write(dueOf(epoch, rebuilt(...seqs)))).toEqual(new Set());
    const alerts = await archive.alerts({ scope: {}, limit: 10 });
    expect(alerts.map(({ rule, atMs }) => ({ rule, atMs }))).toEqual([
      { rule: 'sustained-tremor', atMs: windowStart },
    ]);
    expect(meter.countOf('alertsRaised', { severity: 'notice' })).toBe(1);
    expect(await documentAt(windowStart)).toEqual(archived);
  });

  it('adds nothing to a document of a higher epoch, and says whose partition must be let go', async () => {
    await writer().write(dueOf(5, rebuilt(0, 1)));
    const archived = await documentAt(windowStart);
    expect(await writer().write(dueOf(4, rebuilt(1, 2)))).toEqual(new Set([3]));
    expect(await documentAt(windowStart)).toEqual(archived);
    expect(await writer().write(dueOf(5, rebuilt(1, 2)))).toEqual(new Set());
    expect(await documentAt(windowStart)).toMatchObject({ readings: 3, revision: 2, epoch: 5 });
  });
});

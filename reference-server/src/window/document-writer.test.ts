import {
  EventType,
  encodeFrame,
  eventPayload,
  FEATURE_FIELDS,
  FrameKind,
  featureIndex,
  PAYLOAD_BYTES,
  readFrame,
  type WindowDocument,
  writeFeatures,
} from '@gaitway/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { RETENTION_DEFAULT } from '../archive/archive.ts';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { MemoryFanOut } from '../fanout/memory-fan-out.ts';
import { OneModel } from '../infer/inference.ts';
import { ArchiveReadingLog } from '../ingest/archive-reading-log.ts';
import { frameOf } from '../ingest/frames.fixture.ts';
import { MemoryReadingLog } from '../ingest/memory-reading-log.ts';
import type { LogEntry, ReadingLog } from '../ingest/reading-log.ts';
import { createManualClock, type ManualClock } from '../observe/manual-clock.fixture.ts';
import { createNullMeter, type NullMeter } from '../observe/null-meter.ts';
import { createStageTimer } from '../observe/stage-timer.ts';
import { DocumentWriter, type PartitionWork, WriterStopped } from './document-writer.ts';
import { noWork } from './due-work.ts';
import { MemoryPartitionLeases } from './memory-partition-leases.ts';
import { OpenWindow } from './open-window.ts';
import { PartitionWindows } from './partition-windows.ts';
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

  /** Finds a tremor in every slot. */
  class Trembling extends OneModel {
    override score() {
      return { tremor: 900, rigidityProxy: null, gait: null, freezing: null };
    }
  }
  const writer = (fanOut = new MemoryFanOut()) =>
    new DocumentWriter(
      {
        ...{ archive, fanOut, clock, warn: () => {}, inference: new Trembling() },
        stages: createStageTimer(() => clock.monotonicMs()),
      },
      new ProcessorMeters(meter),
    );

  /** A rebuilt window with tremor in every slot; that of the first of them. */
  function rebuilt(...seqs: number[]): OpenWindow {
    const startMs = windowStart + Math.floor(seqs[0]! / 12) * WINDOW.windowMs;
    const window = new OpenWindow(PATIENT, 'w0000', startMs, startMs + WINDOW.windowMs, 0, true);
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
    await crashIn(dueOf(1, rebuilt(...seqs)), false);
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

  /** Alerts that were told to a viewer of this patient. */
  function viewer() {
    const fanOut = new MemoryFanOut();
    const told: [rule: string, state: string][] = [];
    fanOut.watchPatient(PATIENT, (update) => {
      if (update.kind === 'alert') told.push([update.alert.rule, update.alert.state]);
    });
    return { fanOut, told };
  }
  /** A writer that dies in the first save of alerts: before it, or when it is done and nobody was told. */
  async function crashIn(due: readonly PartitionWork[], saved: boolean): Promise<void> {
    const crashing = writer();
    const { saveAlerts } = archive;
    archive.saveAlerts = async (alerts) => {
      if (saved) await saveAlerts.call(archive, alerts);
      crashing.stopping = true;
      throw new Error('the process is gone');
    };
    await expect(crashing.write(due)).rejects.toBeInstanceOf(WriterStopped);
    archive.saveAlerts = saveAlerts;
  }

  describe.each([
    ['before its alert was saved', false],
    ['after its alert was saved, and before anybody was told', true],
  ])('and a processor that dies %s', (_, saved) => {
    it('raises and tells the alert of a document that was rebuilt', async () => {
      await crashIn(dueOf(1, rebuilt(0, 1, 2, 3, 4, 5, 6)), saved);
      const { fanOut, told } = viewer();
      await writer(fanOut).write(dueOf(2, rebuilt(0, 1, 2, 3, 4, 5, 6)));
      expect(told).toEqual([['sustained-tremor', 'raised']]);
    });

    it('raises and tells one alert of a tremor that lasts, whoever goes on', async () => {
      const windows = () => [0, 12, 24].map((seq) => rebuilt(...[0, 1, 2, 3, 4, 5, 6].map((i) => seq + i)));
      const due = (epoch: number, some: OpenWindow[]) => some.flatMap((window) => dueOf(epoch, window));
      await crashIn(due(1, windows().slice(0, 2)), saved);
      const { fanOut, told } = viewer();
      const next = writer(fanOut);
      await next.write(due(2, windows()));
      await next.write(due(2, [rebuilt(36, 37, 38, 39, 40, 41)]));
      await writer(fanOut).write(due(3, [rebuilt(48, 49, 50, 51, 52, 53)]));
      expect(told).toEqual([['sustained-tremor', 'raised']]);
      const alerts = await archive.alerts({ scope: {}, limit: 10 });
      expect(alerts.map(({ atMs }) => atMs)).toEqual([windowStart]);
    });

    it('raises and tells the alert that late readings made', async () => {
      await writer().write(dueOf(1, rebuilt(0, 1, 2, 3, 4)));
      const late = [5, 6].map((seq) => {
        const record = recordOf(seq);
        return { record, frame: readFrame(record.bytes) };
      });
      const window = { patient: PATIENT, ward: 'w0000', startMs: windowStart, endMs: windowStart + 60_000 };
      const dueLate = (again: boolean) => [
        { partition: 3, epoch: 2, work: { ...noWork(), late: [{ ...window, frames: late, again }] } },
      ];
      await crashIn(dueLate(false), saved);
      const { fanOut, told } = viewer();
      await writer(fanOut).write(dueLate(true));
      expect(told).toEqual([['sustained-tremor', 'raised']]);
      // The readings come once more: whoever watches has heard of it.
      await writer(fanOut).write(dueLate(false));
      expect(told).toHaveLength(1);
      expect((await archive.alerts({ scope: {}, limit: 10 })).map(({ rule }) => rule)).toEqual([
        'sustained-tremor',
      ]);
    });

    it('tells how a fall ended although the next owner had read of it before, and the tail of the log as well', async () => {
      const log = fallAndLying();
      const nowMs = windowStart + 40_000;
      const [first, next] = [partition(), partition()];
      for (const entry of log) first.fold(entry);
      const { raised, settled } = first.takeDue(nowMs, true);
      expect(settled).toMatchObject([{ state: 'confirmed' }]);
      await writer().write([{ partition: 3, epoch: 1, work: { ...noWork(), raised } }]);
      const { fanOut, told } = viewer();
      for (const [i, entry] of log.entries()) {
        next.fold(entry);
        const work = { ...next.takeDue(nowMs, i > 0), closed: [], late: [] };
        await writer(fanOut).write([{ partition: 3, epoch: 2, work }]);
        // The owner before lost its lease to this one, and gets as far as this.
        if (i === 1) await crashIn([{ partition: 3, epoch: 1, work: { ...noWork(), settled } }], saved);
      }
      expect(told).toEqual([
        ['fall', 'raised'],
        ['fall', 'confirmed'],
      ]);
    });
  });

  /** Entries with a fall, and with each slot of somebody who lies still afterwards. */
  function fallAndLying(): LogEntry[] {
    const header = {
      ...{ flags: 0, placement: 1, accelRange: 2, gyroRange: 2, device: 7, boot: 1 },
      ...{ firmware: 1, batteryMv: 3700 },
    };
    const measured = { peak: 9000, min: 100, gyroPeak: 9000, tiltCosine: 0, offsetMs: 0 };
    const event = encodeFrame(
      { ...header, kind: FrameKind.event, seq: 0, startMs: windowStart, slotMs: 0 },
      eventPayload({ type: EventType.fall, ...measured }),
      0,
    );
    const values = new Int32Array(FEATURE_FIELDS.length);
    values[featureIndex('sampleCount')] = 250;
    const payload = new Uint8Array(PAYLOAD_BYTES[FrameKind.features]);
    writeFeatures(payload, 0, values);
    const lying = [1, 2, 3].map((seq) =>
      encodeFrame(
        { ...header, kind: FrameKind.features, seq, startMs: windowStart + seq * SLOT_MS, slotMs: SLOT_MS },
        payload,
        seq,
      ),
    );
    return [event, ...lying].map((bytes, i) => ({
      position: String(i + 1),
      receivedAtMs: windowStart + (i + 1) * SLOT_MS,
      records: [{ patient: PATIENT, ward: 'w0000', bytes }],
    }));
  }
  const partition = () =>
    new PartitionWindows(
      3,
      { window: WINDOW, allowedLatenessMs: 2000, idleGraceMs: 1000 },
      null,
      writer().stages,
      new Trembling(),
    );

  it('adds nothing to a document of a higher epoch, and says whose partition must be let go', async () => {
    await writer().write(dueOf(5, rebuilt(0, 1)));
    const archived = await documentAt(windowStart);
    expect(await writer().write(dueOf(4, rebuilt(1, 2)))).toEqual(new Set([3]));
    expect(await documentAt(windowStart)).toEqual(archived);
    expect(await writer().write(dueOf(5, rebuilt(1, 2)))).toEqual(new Set());
    expect(await documentAt(windowStart)).toMatchObject({ readings: 3, revision: 2, epoch: 5 });
  });
});

import { decodeFrame, type Frame } from '@gaitway/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../observe/manual-clock.fixture.ts';
import { createNullMeter } from '../observe/null-meter.ts';
import { AcknowledgementTracker } from './acknowledgement-tracker.ts';
import { AppendBatcher } from './append-batcher.ts';
import { frameOf } from './frames.fixture.ts';
import { MemoryReadingLog } from './memory-reading-log.ts';
import type { AppendBatch } from './reading-log.ts';

const SETTINGS = { appendLingerMs: 10, appendBatchReadingsMax: 5, appendQueueBytesMax: 1e6 };

/** Appends that end when a test says so; each by when it began and how many readings it holds. */
class HeldLog extends MemoryReadingLog {
  readonly clock: ManualClock;
  readonly begun: { atMs: number; readings: number; end: () => void }[] = [];

  constructor(clock: ManualClock) {
    super({ partitions: 4, entriesMax: 1000 });
    this.clock = clock;
  }

  override async append({ partitions }: AppendBatch): Promise<void> {
    const readings = partitions.reduce((sum, { records }) => sum + records.length, 0);
    await new Promise<void>((resolve) => {
      this.begun.push({ atMs: this.clock.monotonicMs(), readings, end: resolve });
    });
  }
}

describe('micro-batches', () => {
  let clock: ManualClock;
  let log: HeldLog;
  let batcher: AppendBatcher;
  let durable: number;
  let seq: number;

  beforeEach(() => {
    clock = createManualClock();
    log = new HeldLog(clock);
    durable = 0;
    seq = 0;
    batcher = new AppendBatcher(log, clock, createNullMeter(), SETTINGS, {
      durable: (frames) => {
        durable += frames.length;
      },
      failed: (error) => {
        throw error;
      },
    });
  });

  function arrive(readings: number): void {
    const tracker = new AcknowledgementTracker();
    for (let i = 0; i < readings; i++) {
      const bytes = frameOf({ seq: seq++ });
      const frame = decodeFrame(bytes) as Frame;
      const record = { patient: 'p', ward: 'w', bytes };
      batcher.add({ partition: 0, record, frame, tracker, answer: () => {}, session: { settle: () => {} } });
    }
  }

  async function turns(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }

  async function endAppend(): Promise<void> {
    log.begun.at(-1)!.end();
    await turns();
  }

  const begun = () => log.begun.map(({ atMs, readings }) => [atMs, readings]);

  it('begin a linger apart although the append before was quick', async () => {
    arrive(1);
    clock.passMs(10);
    arrive(2);
    clock.passMs(3);
    await endAppend();
    arrive(1);
    clock.passMs(6);
    expect(begun()).toEqual([[10, 1]]);
    clock.passMs(1);
    expect(begun()).toEqual([
      [10, 1],
      [20, 3],
    ]);
  });

  it('follow at once on an append that took longer than the linger', async () => {
    arrive(1);
    clock.passMs(10);
    arrive(2);
    clock.passMs(30);
    await endAppend();
    expect(begun()).toEqual([
      [10, 1],
      [40, 2],
    ]);
  });

  it('follow at once, bounded, while a whole batch waits, and are all answered before the batcher is idle', async () => {
    arrive(12);
    let idle = false;
    const becameIdle = batcher.idle().then(() => {
      idle = true;
    });
    clock.passMs(10);
    await endAppend();
    await endAppend();
    expect(begun()).toEqual([
      [10, 5],
      [10, 5],
    ]);
    clock.passMs(10);
    expect(begun()).toHaveLength(3);
    expect([idle, durable]).toEqual([false, 10]);
    await endAppend();
    await becameIdle;
    expect(durable).toBe(12);
    await batcher.idle();
  });
});

import type { Clock, Frame, FrameAnswer } from '@gaitway/contract';
import type { Counter, Gauge, Histogram, Meter } from '../observe/meter.ts';
import type { AcknowledgementTracker } from './acknowledgement-tracker.ts';
import type { AppendBatch, LogRecord, PartitionBatch, ReadingLog, Watermark } from './reading-log.ts';

/** One frame on its way into the log. */
export interface PendingFrame {
  partition: number;
  record: LogRecord;
  frame: Frame;
  tracker: AcknowledgementTracker;
  answer(answer: FrameAnswer): void;
  /** Told once, when the append it was part of has ended. */
  session: { settle(pending: PendingFrame, durable: boolean): void };
}

export interface AppendBatcherSettings {
  appendLingerMs: number;
  appendBatchReadingsMax: number;
  appendQueueBytesMax: number;
}

/** An append that takes longer than this stops the gateway from taking more. */
const STALLED_AFTER_MS = 2000;
/** What a waiting frame costs beside its bytes: the objects around it. */
const OVERHEAD_BYTES = 400;
const RETRY_AFTER_MS = { least: 200, most: 5000 };

/**
 * Micro-batches: frames that arrive within `appendLingerMs`, or while an append is under way, go into the
 * log together. One append at a time, so that what was acknowledged is always a prefix of what was sent.
 * Appends begin `appendLingerMs` apart unless a whole batch waits: an append costs the log much more than a
 * reading in it, and one that follows at once on a quick one would hold only what came in the meantime.
 */
export class AppendBatcher {
  private readonly log: ReadingLog;
  private readonly clock: Clock;
  private readonly settings: AppendBatcherSettings;
  private readonly durable: (frames: readonly PendingFrame[]) => void;
  private readonly duration: Histogram;
  private readonly batchReadings: Histogram;
  private readonly queueGauge: Gauge;
  private readonly failures: Counter;
  private readonly failed: (error: unknown) => void;

  private waiting: PendingFrame[] = [];
  private queueBytes = 0;
  /** Frames wait for their append, or one is under way. */
  private active = false;
  private appendStartedAtMs = -1;
  private lastAppendMs = 5;
  private idleCallbacks: (() => void)[] = [];

  constructor(
    log: ReadingLog,
    clock: Clock,
    meter: Meter,
    settings: AppendBatcherSettings,
    told: { durable(frames: readonly PendingFrame[]): void; failed(error: unknown): void },
  ) {
    this.log = log;
    this.clock = clock;
    this.settings = settings;
    this.durable = told.durable;
    this.failed = told.failed;
    this.duration = meter.histogram('appendDuration');
    this.batchReadings = meter.histogram('appendBatchReadings');
    this.queueGauge = meter.gauge('appendQueueBytes');
    this.failures = meter.counter('appendFailures');
  }

  /** `undefined`: there is room. Otherwise how long a device should wait before it tries again. */
  busyForMs(): number | undefined {
    const appending = this.appendStartedAtMs >= 0 ? this.clock.monotonicMs() - this.appendStartedAtMs : 0;
    if (this.queueBytes < this.settings.appendQueueBytesMax && appending < STALLED_AFTER_MS) return undefined;
    const appendsAhead = 1 + this.waiting.length / this.settings.appendBatchReadingsMax;
    const estimateMs = Math.max(appending, this.lastAppendMs) * appendsAhead;
    return Math.round(Math.min(RETRY_AFTER_MS.most, Math.max(RETRY_AFTER_MS.least, estimateMs)));
  }

  add(pending: PendingFrame): void {
    this.waiting.push(pending);
    this.queueBytes += pending.record.bytes.length + OVERHEAD_BYTES;
    if (this.active) return;
    this.active = true;
    this.linger(this.settings.appendLingerMs);
  }

  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void> {
    if (!this.active) return Promise.resolve();
    return new Promise((resolve) => this.idleCallbacks.push(resolve));
  }

  private linger(delayMs: number): void {
    this.clock.setTimer(delayMs, () => void this.appendWaiting());
  }

  private async appendWaiting(): Promise<void> {
    const { appendBatchReadingsMax, appendLingerMs } = this.settings;
    while (this.waiting.length > 0) {
      const frames =
        this.waiting.length <= appendBatchReadingsMax
          ? this.waiting
          : this.waiting.slice(0, appendBatchReadingsMax);
      this.waiting = frames === this.waiting ? [] : this.waiting.slice(frames.length);
      await this.append(frames);
      const remainingMs = appendLingerMs - this.lastAppendMs;
      if (this.waiting.length > 0 && this.waiting.length < appendBatchReadingsMax && remainingMs > 0) {
        return this.linger(remainingMs);
      }
    }
    this.active = false;
    for (const callback of this.idleCallbacks.splice(0)) callback();
  }

  private async append(frames: PendingFrame[]): Promise<void> {
    const startedAtMs = this.clock.monotonicMs();
    this.appendStartedAtMs = startedAtMs;
    let durable = true;
    try {
      await this.log.append(this.batchOf(frames));
    } catch (error) {
      // What was kept is unknown. The devices send again; the windows count each identity once.
      durable = false;
      this.failures.add();
      this.failed(error);
    }
    this.lastAppendMs = this.clock.monotonicMs() - startedAtMs;
    this.appendStartedAtMs = -1;
    this.duration.record(this.lastAppendMs / 1000);
    this.batchReadings.record(frames.length);
    for (const pending of frames) {
      this.queueBytes -= pending.record.bytes.length + OVERHEAD_BYTES;
      const { boot, seq, startMs } = pending.frame;
      if (durable) pending.tracker.markDurable(boot, seq, startMs);
    }
    this.queueGauge.set(this.queueBytes);
    for (const pending of frames) pending.session.settle(pending, durable);
    if (durable) this.durable(frames);
  }

  private batchOf(frames: readonly PendingFrame[]): AppendBatch {
    const byPartition = new Map<number, PartitionBatch>();
    const watermarks = new Map<number, Watermark>();
    for (const { partition, record, frame, tracker } of frames) {
      const batch = byPartition.get(partition);
      if (batch) batch.records.push(record);
      else byPartition.set(partition, { partition, records: [record] });
      const planned = watermarks.get(frame.device);
      if (planned && planned.boot === frame.boot) {
        if (frame.seq === planned.seq + 1) planned.seq = frame.seq;
        if (frame.startMs > planned.startMs) planned.startMs = frame.startMs;
      } else {
        watermarks.set(frame.device, tracker.watermarkWith(frame.boot, frame.seq, frame.startMs));
      }
    }
    return { receivedAtMs: this.clock.epochMs(), partitions: [...byPartition.values()], watermarks };
  }
}

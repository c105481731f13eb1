import {
  type DeviceClaims,
  decodeFrame,
  type Frame,
  type FrameAnswer,
  FrameFlag,
  type RejectReason,
} from '@gaitway/contract';
import { AcknowledgementTracker } from './acknowledgement-tracker.ts';
import type { PendingFrame } from './append-batcher.ts';
import type { IngestParts } from './ingest-parts.ts';
import type { Watermark } from './reading-log.ts';
import { TokenBucket } from './token-bucket.ts';

type Answer = (answer: FrameAnswer) => void;

/** Frames that may wait while the watermark is looked up; a device that sends more is told `busy`. */
const WAITING_MAX = 32;
const UNSYNCED_RETRY_MS = 1000;
const DRAINING_RETRY_MS = 1000;
const DAMAGED_RETRY_MS = 100;

interface WaitingFrame {
  bytes: Uint8Array;
  frame: Frame;
  answer: Answer;
}

/** What one connected device sends, from its first byte to its acknowledgement. */
export class IngestSession {
  private readonly ingest: IngestParts;
  private readonly claims: DeviceClaims;
  private readonly partition: number;
  private readonly bucket: TokenBucket;
  private tracker: AcknowledgementTracker | undefined;
  private waiting: WaitingFrame[] = [];

  constructor(ingest: IngestParts, claims: DeviceClaims, partition: number) {
    this.ingest = ingest;
    this.claims = claims;
    this.partition = partition;
    const { settings, clock } = ingest.deps;
    this.bucket = new TokenBucket(settings.deviceRatePerSecond, settings.deviceBurst, clock.monotonicMs());
    ingest.loader.load(claims.device, this.known);
  }

  private readonly known = (watermark: Watermark | undefined): void => {
    const tracker = new AcknowledgementTracker(watermark);
    this.tracker = tracker;
    for (const { bytes, frame, answer } of this.takeWaiting()) this.admit(tracker, bytes, frame, answer);
  };

  /** The device has gone: what still waits for its watermark was never acknowledged, and it will send it again. */
  close(): void {
    this.ingest.loader.forget(this.claims.device, this.known);
    this.takeWaiting();
  }

  private takeWaiting(): readonly WaitingFrame[] {
    const { waiting, ingest } = this;
    this.waiting = [];
    for (const { bytes } of waiting) ingest.waitingBytes -= bytes.byteLength;
    return waiting;
  }

  /**
   * Takes one frame. `answer` is called exactly once, now or when the append has ended. `undefined` is a message
   * that carries no frame in the agreed form: it costs its sender as much as one, and is counted and refused.
   */
  receive(bytes: Uint8Array | undefined, answer: Answer): void {
    const { ingest } = this;
    const { clock } = ingest.deps;
    ingest.counters.received.add();
    const nowMs = clock.monotonicMs();
    if (ingest.draining) return this.reject('draining', answer, DRAINING_RETRY_MS);
    if (!this.bucket.take(nowMs)) return this.reject('rate_limited', answer, this.bucket.waitMs());
    if (!ingest.instanceBucket.take(nowMs)) {
      return this.reject('rate_limited', answer, ingest.instanceBucket.waitMs());
    }
    if (bytes === undefined) return this.reject('bad_message', answer);
    const begun = ingest.decodeStage.begin();
    const frame = decodeFrame(bytes);
    ingest.decodeStage.end(begun);
    if (typeof frame === 'string') {
      return this.reject(frame, answer, frame === 'bad_crc' ? DAMAGED_RETRY_MS : undefined);
    }
    const fault = this.faultOf(frame);
    if (fault)
      return this.reject(fault, answer, fault === 'clock_not_synced' ? UNSYNCED_RETRY_MS : undefined);
    if (this.tracker) return this.admit(this.tracker, bytes, frame, answer);
    const waitingBytes = ingest.waitingBytes + bytes.byteLength;
    if (this.waiting.length >= WAITING_MAX || waitingBytes > ingest.deps.settings.appendQueueBytesMax) {
      return this.reject('busy', answer, UNSYNCED_RETRY_MS);
    }
    ingest.waitingBytes = waitingBytes;
    this.waiting.push({ bytes, frame, answer });
  }

  private faultOf(frame: Frame): RejectReason | undefined {
    const { clock, settings } = this.ingest.deps;
    if (frame.device !== this.claims.device) return 'wrong_device';
    if (frame.flags & FrameFlag.clockNotSynced) return 'clock_not_synced';
    if (frame.startMs > clock.epochMs() + settings.futureLimitMs) return 'future';
    if (frame.seq < frame.oldestHeldSeq) return 'bad_sequence';
    return undefined;
  }

  private admit(tracker: AcknowledgementTracker, bytes: Uint8Array, frame: Frame, answer: Answer): void {
    const { counters, batcher } = this.ingest;
    const givenUp = tracker.heldFrom(frame.boot, frame.oldestHeldSeq, frame.startMs);
    if (givenUp > 0) counters.declaredDropped.add(givenUp);
    if (tracker.isDurable(frame.boot, frame.seq)) {
      if (tracker.isReused(frame.boot, frame.startMs)) return this.reject('sequence_reused', answer);
      counters.repeated.add();
      answer(tracker.acknowledgement(frame.boot));
      return;
    }
    const busyForMs = batcher.busyForMs();
    if (busyForMs !== undefined) return this.reject('busy', answer, busyForMs);
    batcher.add({
      partition: this.partition,
      record: { patient: this.claims.patient, ward: this.claims.ward, bytes },
      frame,
      tracker,
      session: this,
      answer,
    });
  }

  /** The append that a frame was part of has ended. */
  settle({ tracker, frame, answer }: PendingFrame, durable: boolean): void {
    if (durable) answer(tracker.acknowledgement(frame.boot));
    else this.reject('busy', answer, this.ingest.batcher.busyForMs() ?? UNSYNCED_RETRY_MS);
  }

  private reject(reason: RejectReason, answer: Answer, retryAfterMs?: number): void {
    this.ingest.counters.rejected(reason);
    answer(retryAfterMs === undefined ? { reject: reason } : { reject: reason, retryAfterMs });
  }
}

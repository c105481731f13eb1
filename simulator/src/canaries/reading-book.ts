import {
  beginFrame,
  decodeFrame,
  type Frame,
  FrameKind,
  isReading,
  RAW_SAMPLES_PER_CHUNK,
  SEQ_MAX,
} from '@gaitway/contract';
import { type HeldFrame, TICK_MS } from '@gaitway/firmware';
import type { ReadingOutcome } from '../ledger/ledger-format.ts';

/** What becomes of a canary's readings: the same that a fleet's twin tells. */
export interface ReadingBookHooks {
  made(reading: HeldFrame): void;
  firstSent(reading: HeldFrame): void;
  sentAgain(): void;
  resolved(reading: HeldFrame, outcome: ReadingOutcome): void;
}

export interface DueReading {
  startMs: number;
  dueMs: number;
  slotMs: number;
  raw: boolean;
}

/** The numbers of readings that nobody ever saw: no frame has them. */
const UNSEEN_FROM = SEQ_MAX - 0xffff;
const RAW_CHUNK_MS = RAW_SAMPLES_PER_CHUNK * TICK_MS;

/** A reading from when it was due until the chip is done with it. */
interface Reading extends HeldFrame {
  bytes: Uint8Array;
  boot: number;
  seq: number;
  startMs: number;
  /** The modem got its frame. */
  seen: boolean;
}

/**
 * What became of each reading of one chip, as far as it can be known from outside: the chip's slots say what is due,
 * its frames say what it sends. The chip sends its oldest held frame always, so whatever lies before a frame that it
 * sends, and was not acknowledged, it has dropped.
 */
export class ReadingBook {
  private readonly device: number;
  private readonly hooks: ReadingBookHooks;
  /** What is not resolved, oldest first. */
  private readonly open: Reading[] = [];
  private newest: { boot: number; seq: number } | undefined;
  private flying: Reading | undefined;
  private unseen = 0;

  constructor(device: number, hooks: ReadingBookHooks) {
    this.device = device;
    this.hooks = hooks;
  }

  /** How many readings wait for their end. */
  get waiting(): number {
    return this.open.length;
  }

  /** A slot of the chip ended: it has made a reading. */
  due(reading: DueReading): void {
    this.begin(reading);
  }

  /**
   * The chip sends a frame at `nowMs`; `put` writes it to the connection, unless it is of a slot that ended at `endMs`
   * or later: the run is over by then, and the chip, whose ring goes on filling, holds nothing of the run any more.
   * Frames that are no readings are sent and not noted.
   */
  frame(bytes: Uint8Array, nowMs: number, endMs: number, put: () => void): void {
    this.flying = undefined;
    const frame = decodeFrame(bytes);
    if (typeof frame === 'string' || !isReading(frame.kind)) {
      if (typeof frame !== 'string') this.note(frame);
      put();
      return;
    }
    const dueMs = dueOf(frame);
    if (dueMs >= endMs) {
      for (const gone of [...this.open]) this.resolve(gone, 'dropped');
      return;
    }
    const reading = this.note(frame) ? this.first(frame, bytes, dueMs) : this.again(frame);
    put();
    if (reading === undefined || reading.firstSentMs >= 0) this.hooks.sentAgain();
    else {
      reading.firstSentMs = nowMs;
      this.hooks.firstSent(reading);
    }
    this.flying = reading;
  }

  /** Everything of this boot up to `seq` is the server's. */
  acknowledged(boot: number, seq: number): void {
    const covered = this.open.filter((one) => one.seen && one.boot === boot && one.seq <= seq);
    for (const reading of covered) this.resolve(reading, 'acknowledged');
  }

  /** The server will never take the frame that was sent last. */
  refused(): void {
    if (this.flying !== undefined && this.open.includes(this.flying)) this.resolve(this.flying, 'refused');
  }

  /** The run is over: what is left will not be acknowledged. */
  finish(): void {
    for (const reading of [...this.open]) this.resolve(reading, 'unacknowledged');
  }

  /** Whether this frame comes for the first time. */
  private note({ boot, seq }: Frame): boolean {
    const { newest } = this;
    const starts = newest === undefined ? 1 : (boot - newest.boot) & 0xffff;
    const isNew = starts === 0 ? seq > newest!.seq : starts < 0x8000;
    if (isNew) this.newest = { boot, seq };
    return isNew;
  }

  private first(frame: Frame, bytes: Uint8Array, dueMs: number): Reading {
    const { startMs, slotMs, boot, seq } = frame;
    // A chip that lost its clock knows its starts about, and then better: half a slot tells two apart.
    const apartMs = (dueMs - startMs) / 2;
    for (const gone of this.open.filter((one) => one.seen || one.startMs < startMs - apartMs))
      this.resolve(gone, 'dropped');
    const reading =
      this.open.find((one) => one.startMs <= startMs + apartMs) ??
      this.begin({ startMs, dueMs, slotMs, raw: frame.kind === FrameKind.rawChunk });
    Object.assign(reading, { bytes, boot, seq, seen: true });
    return reading;
  }

  private again({ boot, seq }: Frame): Reading | undefined {
    return this.open.find((one) => one.seen && one.boot === boot && one.seq === seq);
  }

  private begin({ startMs, dueMs, slotMs, raw }: DueReading): Reading {
    const seq = UNSEEN_FROM + (this.unseen++ & 0xffff);
    const boot = this.newest?.boot ?? 0;
    const kind = raw ? FrameKind.rawChunk : FrameKind.features;
    // Until its frame comes, what stands for it says whose it is and when it began.
    const bytes = beginFrame({
      ...{ kind, device: this.device, boot, seq, startMs, slotMs },
      ...{ flags: 0, placement: 0, accelRange: 0, gyroRange: 0, firmware: 0, batteryMv: 0 },
    });
    const reading: Reading = {
      ...{ bytes, boot, seq, startMs, dueMs },
      ...{ sealed: 0, firstSentMs: -1, seen: false },
    };
    this.open.push(reading);
    this.hooks.made(reading);
    return reading;
  }

  private resolve(reading: Reading, outcome: ReadingOutcome): void {
    this.open.splice(this.open.indexOf(reading), 1);
    this.hooks.resolved(reading, outcome);
  }
}

function dueOf({ kind, startMs, slotMs }: Frame): number {
  return startMs + (kind === FrameKind.rawChunk ? RAW_CHUNK_MS : slotMs);
}

import {
  type BootPayload,
  beginFrame,
  bootPayload,
  type EventPayload,
  eventPayload,
  type FrameAnswer,
  FrameKind,
  HEADER_BYTES,
  RAW_CHUNKS_PER_READING,
  RAW_SAMPLES_PER_CHUNK,
  type RawChunkPayload,
  REJECT_REASONS,
  type RejectReason,
  rawChunkPayload,
  SAMPLE_RATE_HZ,
  SEQ_MAX,
  sealFrame,
  stampFrame,
  writeFeatures,
} from '@gaitway/contract';
import { frameRoom } from './frame-room.ts';
import { correctStart, type HeldFrame, heldBytes, waitsForClock } from './held-frame.ts';
import {
  ackTimeoutMsOf,
  clockSurvives,
  ownFlags,
  RETRY_DELAYS_MS,
  ringBytesOf,
  ringFramesOf,
  type TwinSettings,
} from './settings.ts';

/** Where a frame goes when it leaves the ring; each frame leaves once. One object may serve many twins. */
export interface TwinHooks {
  /** The server answered for it: it is durable there. */
  released(frame: HeldFrame): void;
  /** The ring was full, or was lost in a reboot: it is gone, acknowledged or not. */
  dropped(frame: HeldFrame): void;
  /** The server will never take it. */
  refused(frame: HeldFrame, reason: RejectReason): void;
}

/** The slot of a raw reading: its chunks one after the other. */
const RAW_SLOT_MS = (RAW_CHUNKS_PER_READING * RAW_SAMPLES_PER_CHUNK * 1000) / SAMPLE_RATE_HZ;

/** What a device says of its start, apart from what the twin knows itself. */
export type BootReport = Omit<BootPayload, 'ringFrames' | 'droppedFrames'>;

/**
 * The wearable's link layer, as data and pure steps: no I/O, no timers, time comes in as an argument (ms, any
 * clock that does not go back). Stop-and-wait: at most one frame is in flight, always the oldest held one.
 *
 *     link     in flight   input                       then
 *     any      any         endSlot, event, bootReport  held; the oldest are dropped until it has room
 *     any      any         rawChunk                    the same
 *     up       no          transmit                    the oldest goes out; wakes at now + time-out + retry delay
 *     up       yes         transmit before that        nothing
 *     any      any         {boot, seq}                 released: all of that boot up to seq; in flight? its successor may go
 *     any      any         {reject} 'drop'             refused: the frame in question leaves; its successor may go
 *     up       yes         {reject} 'later'            kept; wakes after retryAfterMs, or the next retry delay
 *     any      any         linkDown                    nothing is in flight
 *     any      no          linkUp                      retry delays begin again; the oldest may go at once
 *     any      any         reboot                      boot + 1, seq 0; nothing is in flight
 *     any      any         reboot, power was cut       and the ring is dropped, the link down, flights and drops begin at 0
 *
 * A device whose clock does not survive a start has none until `syncClock`: frames made before wait in the ring, flagged, and are corrected
 * then. That is before their first transmission, so bytes on the wire never differ between transmissions.
 */
export class Twin {
  readonly device: number;
  /** Counts the starts of the device, 16 bits. */
  boot: number;
  /** The number of the next frame of this boot, of whatever kind. */
  nextSeq = 0;
  /** Numbers the transmissions. Give it back with the answer, and a reject that comes late cannot hit another frame. */
  flight = 0;
  linkIsUp = false;
  clockIsSynced: boolean;
  /** Frames given up since the last boot report, at most 65535. */
  droppedFrames = 0;
  private settings: TwinSettings;
  private readonly hooks: TwinHooks;
  /** Oldest first. Made with the first frame and let go with the last, so that an idle twin costs little. */
  private ring: HeldFrame[] | undefined;
  /** What the held frames need of the ring's memory. */
  private ringBytes = 0;
  /** The frame in flight, also while its retry delay runs; it may have been dropped meanwhile. */
  private flying: HeldFrame | undefined;
  private retries = 0;
  private nextTryMs = 0;

  constructor(device: number, boot: number, settings: TwinSettings, hooks: TwinHooks) {
    this.device = device;
    this.boot = boot;
    this.clockIsSynced = clockSurvives(settings);
    this.settings = settings;
    this.hooks = hooks;
  }

  /** How many frames wait for their acknowledgement. */
  get heldFrames(): number {
    return this.ring === undefined ? 0 : this.ring.length;
  }

  /** The held frames, oldest first. For looking at only. */
  held(): readonly HeldFrame[] {
    return this.ring ?? [];
  }

  /** When `transmit` may next have something; Infinity: only after an input. */
  get wakeAtMs(): number {
    return this.linkIsUp && this.ring !== undefined && !waitsForClock(this.ring[0]!)
      ? this.nextTryMs
      : Number.POSITIVE_INFINITY;
  }

  /** Packs the features of a slot (one value per row of `FEATURE_FIELDS`) into a frame and holds it. */
  endSlot(
    startMs: number,
    slotMs: number,
    values: ArrayLike<number>,
    flags: number,
    batteryMv: number,
    dueMs: number,
  ): HeldFrame {
    const bytes = this.begin(FrameKind.features, startMs, slotMs, flags, batteryMv);
    writeFeatures(bytes, HEADER_BYTES, values);
    return this.hold(bytes, dueMs);
  }

  /** Half a second of a raw reading. */
  rawChunk(
    startMs: number,
    chunk: RawChunkPayload,
    flags: number,
    batteryMv: number,
    dueMs: number,
  ): HeldFrame {
    const bytes = this.begin(FrameKind.rawChunk, startMs, RAW_SLOT_MS, flags, batteryMv);
    bytes.set(rawChunkPayload(chunk), HEADER_BYTES);
    return this.hold(bytes, dueMs);
  }

  /** A fall or a pressed button, sent at once. */
  event(startMs: number, event: EventPayload, flags: number, batteryMv: number, dueMs: number): HeldFrame {
    const bytes = this.begin(FrameKind.event, startMs, 0, flags, batteryMv);
    bytes.set(eventPayload(event), HEADER_BYTES);
    return this.hold(bytes, dueMs);
  }

  /** What the device says of its start. Tells and forgets how many frames were given up. */
  bootReport(startMs: number, report: BootReport, batteryMv: number, dueMs: number): HeldFrame {
    const bytes = this.begin(FrameKind.boot, startMs, 0, 0, batteryMv);
    const { droppedFrames } = this;
    bytes.set(
      bootPayload({ ...report, ringFrames: ringFramesOf(this.settings), droppedFrames }),
      HEADER_BYTES,
    );
    this.droppedFrames = 0;
    return this.hold(bytes, dueMs);
  }

  /** The frame to put on the wire now, stamped; `undefined` when there is none or it may not go yet. */
  transmit(nowMs: number): HeldFrame | undefined {
    if (nowMs < this.wakeAtMs) return undefined;
    const frame = this.ring![0]!;
    if (this.flying === frame) this.retries += 1;
    else this.retries = 0;
    // The oldest held frame is also the oldest of its own boot: its number is the trailer's.
    stampFrame(frame.bytes, frame.sealed, frame.seq);
    if (frame.firstSentMs < 0) frame.firstSentMs = nowMs;
    this.flying = frame;
    this.flight += 1;
    this.nextTryMs = nowMs + ackTimeoutMsOf(this.settings) + this.retryDelayMs();
    return frame;
  }

  /**
   * Takes the server's answer. Acknowledgements may come late, twice, or for an earlier boot. A reject does
   * not say which frame it is for: give the `flight` of the transmission that it answers; one of an earlier
   * flight is ignored.
   */
  answered(answer: FrameAnswer, nowMs: number, flight: number = this.flight): void {
    if ('reject' in answer) {
      if (flight === this.flight && this.flying !== undefined)
        this.rejected(answer.reject, answer.retryAfterMs, nowMs);
    } else this.acknowledged(answer.boot, answer.seq, nowMs);
  }

  /** The modem is connected. */
  linkUp(nowMs: number): void {
    this.linkIsUp = true;
    this.land(nowMs);
  }

  /** The modem lost its connection: what was in flight is held, unsent. */
  linkDown(nowMs: number): void {
    this.linkIsUp = false;
    this.land(nowMs);
  }

  /**
   * A restart. `keepRing`: memory survives it, as after a watchdog reset. Otherwise the power was cut, and with the ring
   * the device forgets what it gave up, its flights, and that the link was up.
   */
  reboot(nowMs: number, keepRing: boolean): void {
    this.nextBoot();
    this.clockIsSynced = clockSurvives(this.settings);
    this.land(nowMs);
    if (keepRing) return;
    const lost = this.ring ?? [];
    this.ring = undefined;
    this.ringBytes = 0;
    this.droppedFrames = 0;
    this.flight = 0;
    this.linkIsUp = false;
    for (const frame of lost) this.hooks.dropped(frame);
  }

  /** Another version of the program runs: frames that are made from now on say so. */
  install(firmware: number): void {
    this.settings = { ...this.settings, firmware };
  }

  /**
   * The clock was set. `offsetMs` is what it was behind: frames that were made before get their true start
   * and lose their flag.
   */
  syncClock(offsetMs = 0): void {
    this.clockIsSynced = true;
    if (this.ring === undefined) return;
    for (const frame of this.ring) if (waitsForClock(frame)) correctStart(frame, offsetMs);
  }

  private begin(
    kind: FrameKind,
    startMs: number,
    slotMs: number,
    flags: number,
    batteryMv: number,
  ): Uint8Array {
    const { firmware, placement, accelRange, gyroRange } = this.settings;
    return beginFrame(
      {
        kind,
        flags: flags | ownFlags(this.linkIsUp, this.clockIsSynced),
        placement,
        accelRange,
        gyroRange,
        device: this.device,
        boot: this.boot,
        firmware,
        seq: this.nextSeq,
        startMs,
        batteryMv,
        slotMs,
      },
      frameRoom,
    );
  }

  private hold(bytes: Uint8Array, dueMs: number): HeldFrame {
    const frame = {
      bytes,
      sealed: sealFrame(bytes),
      boot: this.boot,
      seq: this.nextSeq,
      dueMs,
      firstSentMs: -1,
    };
    // No number is used twice: after the last one of a boot comes the first one of the next.
    if (this.nextSeq === SEQ_MAX) this.nextBoot();
    else this.nextSeq += 1;
    const needs = heldBytes(bytes);
    if (this.ring === undefined) this.ring = [frame];
    else {
      this.makeRoom(this.ring, needs);
      this.ring.push(frame);
    }
    this.ringBytes += needs;
    return frame;
  }

  /** Drops the oldest frames until one more that needs so many bytes may be held. */
  private makeRoom(ring: HeldFrame[], needs: number): void {
    const framesMost = ringFramesOf(this.settings);
    const bytesMost = ringBytesOf(this.settings) - needs;
    while (ring.length >= framesMost || (this.ringBytes > bytesMost && ring.length > 0)) {
      const oldest = ring.shift()!;
      this.ringBytes -= heldBytes(oldest.bytes);
      if (this.droppedFrames < 0xffff) this.droppedFrames += 1;
      this.hooks.dropped(oldest);
    }
  }

  private acknowledged(boot: number, seq: number, nowMs: number): void {
    const { flying } = this;
    if (flying !== undefined && flying.boot === boot && flying.seq <= seq) this.land(nowMs);
    // Frames lie in the order of boots and numbers, so those of one boot that are covered lie together.
    const ring = this.ring ?? [];
    let from = 0;
    while (from < ring.length && ring[from]!.boot !== boot) from++;
    let to = from;
    while (to < ring.length && ring[to]!.boot === boot && ring[to]!.seq <= seq) to++;
    if (to > from) this.take(from, to).forEach(this.hooks.released, this.hooks);
  }

  private rejected(reason: RejectReason, retryAfterMs: number | undefined, nowMs: number): void {
    const flying = this.flying!;
    if (REJECT_REASONS[reason]?.device !== 'drop') {
      this.nextTryMs = nowMs + (retryAfterMs ?? this.retryDelayMs());
      return;
    }
    this.land(nowMs);
    if (this.ring?.[0] === flying) this.hooks.refused(this.take(0, 1)[0]!, reason);
  }

  /** Takes held frames out of the ring. */
  private take(from: number, to: number): HeldFrame[] {
    const ring = this.ring!;
    for (let i = from; i < to; i++) this.ringBytes -= heldBytes(ring[i]!.bytes);
    if (to - from < ring.length) return ring.splice(from, to - from);
    this.ring = undefined;
    return ring;
  }

  /** Nothing is in flight any more, and the oldest held frame may go at once. */
  private land(nowMs: number): void {
    this.flying = undefined;
    this.retries = 0;
    this.nextTryMs = nowMs;
  }

  private retryDelayMs(): number {
    return RETRY_DELAYS_MS[Math.min(this.retries, RETRY_DELAYS_MS.length - 1)]!;
  }

  private nextBoot(): void {
    this.boot = (this.boot + 1) & 0xffff;
    this.nextSeq = 0;
  }
}

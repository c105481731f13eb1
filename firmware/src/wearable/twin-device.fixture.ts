import {
  EventType,
  FEATURE_FIELDS,
  FrameFlag,
  FrameKind,
  featureIndex,
  HEADER_BYTES,
  RAW_CHUNKS_PER_READING,
  RAW_SAMPLES_PER_CHUNK,
  ResetCause,
  RING_FRAMES,
  SAMPLE_RATE_HZ,
  SLOT_MS_DEFAULT,
  TRAILER_BYTES,
} from '@gaitway/contract';
import type { DownMessage } from '../board/link/down-message.ts';
import { FeatureExtractor } from '../twin/features/feature-extractor.ts';
import { tiltCosine } from '../twin/features/tilt.ts';
import type { HeldFrame } from '../twin/held-frame.ts';
import { Twin, type TwinHooks } from '../twin/twin.ts';

const TICK_MS = 20;
const SAMPLES_MAX = 255;
const WATCHDOG_TICKS = 100;
/** The ring's bytes: its frames' fixed parts and their CRCs. */
const RING_BYTES = RING_FRAMES * (HEADER_BYTES + 72 + 2);
const TILT = featureIndex('tiltCosine');
const NO_TILT = 16384;
const IGNORED: TwinHooks = { released() {}, dropped() {}, refused() {} };

export interface TwinDeviceSettings {
  device: number;
  /** The last boot number that was used. */
  boot: number;
  firmware: number;
  imageHash: number;
  placement: number;
  accelRange: number;
  gyroRange: number;
  mode: 'features' | 'raw';
  slotMs: number;
}

/** What the chip puts on the wire. */
export interface Sent {
  flight: number;
  bytes: Uint8Array;
}

/**
 * The twin, driven by ticks and messages as the chip is: what `firmware/wearable` must send, byte for byte.
 * Where the twin itself cannot do what the chip does, this does it for it.
 */
export class TwinDevice {
  readonly sent: Sent[] = [];
  batteryMv = 3700;
  readonly twin: Twin;
  private readonly settings: TwinDeviceSettings;
  private readonly extractor: FeatureExtractor;
  private nowMs = 0;
  private uptimeTicks = 0;
  private offsetMs = 0;
  private samples: number[] = [];
  private sampleTicks: number[] = [];
  private ticksDone = 0;
  private ticks = 0;
  private startTicks = 0;
  private nextTicks = 0;
  private mode: 'features' | 'raw' = 'features';
  private nextMode: 'features' | 'raw' = 'features';
  private chunkIndex = 0;
  private started = false;

  constructor(settings: TwinDeviceSettings) {
    this.settings = settings;
    this.extractor = new FeatureExtractor(settings.accelRange);
    this.twin = new Twin(
      settings.device,
      (settings.boot + 1) & 0xffff,
      { ...settings, clockSurvives: false },
      IGNORED,
    );
  }

  start(cause: ResetCause): void {
    const { twin, settings, nowMs } = this;
    const powerWasCut = cause === ResetCause.powerOn;
    if (this.started) twin.reboot(nowMs, !powerWasCut);
    if (powerWasCut) {
      twin.linkDown(nowMs);
      twin.droppedFrames = 0;
      twin.flight = 0;
      this.uptimeTicks = 0;
    }
    if (cause === ResetCause.watchdog) this.uptimeTicks += WATCHDOG_TICKS;
    this.started = true;
    this.offsetMs = 0;
    this.mode = this.nextMode = settings.mode;
    this.nextTicks = Math.floor(settings.slotMs / TICK_MS);
    this.ticksDone = 0;
    this.chunkIndex = 0;
    const report = { resetCause: cause, imageHash: settings.imageHash };
    // What the report itself pushes out is told by the next one.
    const { droppedFrames } = twin;
    this.makeRoom(8);
    const pushedOut = twin.droppedFrames - droppedFrames;
    twin.droppedFrames = droppedFrames;
    twin.bootReport(this.msAt(this.uptimeTicks), report, this.batteryMv, nowMs);
    twin.droppedFrames += pushedOut;
    this.transmit();
  }

  /** One tick; without a sample the sensor did not answer. */
  tick(sample?: ArrayLike<number>): void {
    this.nowMs += TICK_MS;
    this.uptimeTicks += 1;
    if (this.ticksDone === 0) this.beginSlot();
    if (sample !== undefined && this.ticksDone < this.countedTicks) {
      this.samples.push(...Array.from(sample));
      this.sampleTicks.push(this.ticksDone);
    }
    this.ticksDone += 1;
    if (this.ticksDone === this.ticks) this.endSlot();
    this.transmit();
  }

  message(message: DownMessage): void {
    const { twin, nowMs } = this;
    switch (message.type) {
      case 'linkUp':
        twin.linkUp(nowMs);
        break;
      case 'linkDown':
        twin.linkDown(nowMs);
        break;
      case 'acknowledged':
        twin.answered({ boot: message.boot, seq: message.seq }, nowMs);
        break;
      case 'rejected': {
        if (message.flight !== (twin.flight & 0xff)) break;
        const reject = message.device === 'drop' ? 'future' : 'busy';
        const { retryAfterMs } = message;
        twin.answered(retryAfterMs === undefined ? { reject } : { reject, retryAfterMs }, nowMs);
        break;
      }
      case 'timeSync':
        this.offsetMs = message.epochMs - this.uptimeTicks * TICK_MS;
        twin.syncClock(this.offsetMs);
        break;
      case 'rate':
        if (message.slotMs >= TICK_MS) this.nextTicks = Math.floor(message.slotMs / TICK_MS);
        break;
      case 'mode':
        this.nextMode = message.mode;
        break;
      case 'button': {
        const event = { peak: 0, min: 0, gyroPeak: 0, tiltCosine: NO_TILT, offsetMs: 0 };
        this.makeRoom(12);
        twin.event(
          this.msAt(this.uptimeTicks),
          { type: EventType.button, ...event },
          0,
          this.batteryMv,
          nowMs,
        );
        break;
      }
    }
    this.transmit();
  }

  private get countedTicks(): number {
    return Math.min(SAMPLES_MAX, this.ticks);
  }

  private msAt(uptimeTicks: number): number {
    return uptimeTicks * TICK_MS + this.offsetMs;
  }

  private beginSlot(): void {
    this.startTicks = this.uptimeTicks - 1;
    if (this.chunkIndex === 0) this.mode = this.nextMode;
    this.ticks = this.mode === 'raw' ? RAW_SAMPLES_PER_CHUNK : this.nextTicks;
    this.samples = [];
    this.sampleTicks = [];
  }

  private endSlot(): void {
    this.ticksDone = 0;
    const { samples, twin, nowMs } = this;
    const startMs = this.msAt(this.startTicks);
    const saturated = samples.some((value) => value === 32767 || value === -32768);
    const flags =
      (samples.length / 6 < this.countedTicks ? FrameFlag.gap : 0) | (saturated ? FrameFlag.saturated : 0);
    if (this.mode === 'raw') {
      this.endChunk(startMs, flags);
      return;
    }
    const values = new Int32Array(FEATURE_FIELDS.length);
    this.extractor.extract(Int16Array.from(samples), values);
    if (samples.length > 0) values[TILT] = this.tilt();
    this.makeRoom(72);
    twin.endSlot(startMs, this.ticks * TICK_MS, values, flags, this.batteryMv, nowMs);
  }

  /** The first and the last second are ticks, whatever arrived in them; the twin takes the first and last 50 samples. */
  private tilt(): number {
    const { samples, sampleTicks, countedTicks } = this;
    const first = sampleTicks.filter((tick) => tick < SAMPLE_RATE_HZ).length;
    const last = sampleTicks.filter((tick) => tick >= countedTicks - SAMPLE_RATE_HZ).length;
    if (first === 0 || last === 0) return NO_TILT;
    const mean = (from: number, count: number, axis: number): number => {
      let sum = 0;
      for (let i = from; i < from + count; i++) sum += samples[i * 6 + axis]!;
      return Math.trunc(sum / count);
    };
    const second = (from: number, count: number): number[] => {
      const means = [0, 1, 2].map((axis) => mean(from, count, axis));
      return Array.from({ length: SAMPLE_RATE_HZ }, () => [...means, 0, 0, 0]).flat();
    };
    return tiltCosine(Int16Array.from([...second(0, first), ...second(sampleTicks.length - last, last)]), 6);
  }

  /** A kind that the twin has no function for yet. */
  private endChunk(startMs: number, flags: number): void {
    const { samples, twin, nowMs, chunkIndex } = this;
    this.makeRoom(302);
    const bytes = twin['begin'](FrameKind.rawChunk, startMs, SLOT_MS_DEFAULT, flags, this.batteryMv);
    const view = new DataView(bytes.buffer, bytes.byteOffset + HEADER_BYTES);
    view.setUint8(0, chunkIndex);
    view.setUint8(1, samples.length / 6);
    samples.forEach((value, i) => void view.setInt16(2 + 2 * i, value, true));
    twin['hold'](bytes, nowMs);
    this.chunkIndex = (chunkIndex + 1) % RAW_CHUNKS_PER_READING;
  }

  /** The chip's ring has so many bytes, and frames of raw mode are longer; the twin's counts frames alone. */
  private makeRoom(payloadBytes: number): void {
    const held = (frame: HeldFrame): number => frame.bytes.length - TRAILER_BYTES + 2;
    const { twin } = this;
    const need = HEADER_BYTES + payloadBytes + 2;
    while (twin.held().reduce((sum, frame) => sum + held(frame), 0) + need > RING_BYTES) {
      twin['drop'](twin['take'](0, 1)[0]!);
    }
  }

  private transmit(): void {
    const frame = this.twin.transmit(this.nowMs);
    if (frame !== undefined) this.sent.push({ flight: this.twin.flight & 0xff, bytes: frame.bytes.slice() });
  }
}

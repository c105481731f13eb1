import { EventType, FEATURE_FIELDS, FrameFlag, featureIndex, type ResetCause } from '@gaitway/contract';
import { FeatureExtractor } from '../twin/features/feature-extractor.ts';
import { isqrt } from '../twin/features/isqrt.ts';
import type { TwinSettings } from '../twin/settings.ts';
import { Twin, type TwinHooks } from '../twin/twin.ts';
import type { DownMessage } from './link/down-message.ts';
import type { SampleSource } from './mpu6050.ts';

const TICK_MS = 20;
const TICKS_PER_SECOND = 50;
const SAMPLES_MAX = 255;
/** How far the chip sets its clock on after a watchdog reset: the watchdog's time. */
const WATCHDOG_TICKS = 100;
const TILT = featureIndex('tiltCosine');
const ONE = 16384;
const NOBODY: TwinHooks = { released: () => {}, dropped: () => {}, refused: () => {} };

export interface TickTwinSettings {
  device: number;
  boot: number;
  twin: TwinSettings;
  imageHash: number;
  slotMs: number;
  batteryMv: number;
  samples: SampleSource;
  /** A frame goes out: low byte of its flight, and its bytes. */
  sent: (flight: number, bytes: Uint8Array) => void;
}

/**
 * The twin driven as the chip drives itself: by ticks, and by messages between them. What the chip's program does
 * is written here a second time with nothing of it, from `docs/firmware-link.md`.
 */
export class TickTwin {
  readonly twin: Twin;
  private readonly settings: TickTwinSettings;
  private readonly extractor: FeatureExtractor;
  private readonly values = new Int32Array(FEATURE_FIELDS.length);
  private ticks = 0;
  private offsetMs = 0;
  private slot: { tick: number; sample: Int16Array }[] = [];
  private slotTicks = 0;
  private slotDone = 0;
  private nextSlotTicks: number;
  /** It was told to hang, and hears nothing until its watchdog bites. */
  private hangs = false;

  constructor(settings: TickTwinSettings, cause: ResetCause) {
    this.settings = settings;
    this.twin = new Twin(settings.device, settings.boot, { ...settings.twin, clockSurvives: false }, NOBODY);
    this.extractor = new FeatureExtractor(settings.twin.accelRange);
    this.nextSlotTicks = settings.slotMs / TICK_MS;
    this.report(cause);
  }

  /** A reset that leaves the memory alone. */
  restart(cause: ResetCause, byWatchdog: boolean): void {
    this.ticks += byWatchdog ? WATCHDOG_TICKS : 0;
    this.hangs = false;
    this.offsetMs = 0;
    this.slotDone = 0;
    this.nextSlotTicks = this.settings.slotMs / TICK_MS;
    this.twin.reboot(this.nowMs, true);
    this.report(cause);
  }

  tick(sampleNumber: number): void {
    this.ticks += 1;
    if (this.slotDone === 0) {
      this.slotTicks = this.nextSlotTicks;
      this.slot = [];
    }
    const sample = new Int16Array(6);
    const answered = this.settings.samples(sampleNumber, sample);
    if (answered && this.slotDone < SAMPLES_MAX) this.slot.push({ tick: this.slotDone, sample });
    this.slotDone += 1;
    if (this.slotDone === this.slotTicks) this.endSlot();
    this.transmit();
  }

  take(message: DownMessage): void {
    const { twin } = this;
    if (this.hangs) return;
    switch (message.type) {
      case 'linkUp':
        twin.linkUp(this.nowMs);
        break;
      case 'linkDown':
        twin.linkDown(this.nowMs);
        break;
      case 'acknowledged':
        twin.answered({ boot: message.boot, seq: message.seq }, this.nowMs);
        break;
      case 'rejected':
        // The chip knows the low byte of its flights only.
        if (message.flight === (twin.flight & 0xff)) {
          const { device, retryAfterMs } = message;
          const reject = device === 'drop' ? ('future' as const) : ('busy' as const);
          twin.answered(retryAfterMs === undefined ? { reject } : { reject, retryAfterMs }, this.nowMs);
        }
        break;
      case 'timeSync':
        this.offsetMs = message.epochMs - this.nowMs;
        twin.syncClock(this.offsetMs);
        break;
      case 'rate':
        this.nextSlotTicks = Math.floor(message.slotMs / TICK_MS);
        break;
      case 'button':
        this.press();
        break;
      case 'hang':
        this.hangs = true;
        return;
      case 'nextSeq':
        twin.nextSeq = message.seq;
        break;
      default:
        break;
    }
    this.transmit();
  }

  private get nowMs(): number {
    return this.ticks * TICK_MS;
  }

  private report(cause: ResetCause): void {
    const { imageHash, batteryMv } = this.settings;
    this.twin.bootReport(this.nowMs, { resetCause: cause, imageHash }, batteryMv, 0);
    this.transmit();
  }

  private press(): void {
    const event = {
      type: EventType.button,
      peak: 0,
      min: 0,
      gyroPeak: 0,
      tiltCosine: ONE,
      offsetMs: 0,
    };
    this.twin.event(this.nowMs + this.offsetMs, event, 0, this.settings.batteryMv, 0);
  }

  private endSlot(): void {
    const { slot, slotTicks, values } = this;
    this.slotDone = 0;
    this.extractor.extract(Int16Array.from(slot.flatMap(({ sample }) => [...sample])), values);
    const counted = Math.min(slotTicks, SAMPLES_MAX);
    if (slot.length > 0) values[TILT] = this.tilt(counted);
    const flags =
      (slot.length < counted ? FrameFlag.gap : 0) | (this.extractor.saturated ? FrameFlag.saturated : 0);
    const startMs = (this.ticks - slotTicks) * TICK_MS + this.offsetMs;
    this.twin.endSlot(startMs, slotTicks * TICK_MS, values, flags, this.settings.batteryMv, 0);
  }

  /** The chip's definition: of the samples that came in the slot's first and last 50 ticks. */
  private tilt(counted: number): number {
    const mean = (from: number, to: number): number[] | undefined => {
      const within = this.slot.filter(({ tick }) => tick >= from && tick < to);
      if (within.length === 0) return undefined;
      return [0, 1, 2].map((axis) => {
        const sum = within.reduce((total, { sample }) => total + sample[axis]!, 0);
        return Math.trunc(sum / within.length) >> 1;
      });
    };
    const first = mean(0, TICKS_PER_SECOND);
    const last = mean(counted - TICKS_PER_SECOND, counted);
    if (first === undefined || last === undefined) return ONE;
    const length = (vector: number[]): number =>
      isqrt(vector.reduce((total, value) => total + value * value, 0));
    if (length(first) === 0 || length(last) === 0) return ONE;
    const dot = first.reduce((total, value, axis) => total + value * last[axis]!, 0);
    const cosine = Math.trunc((Math.trunc(dot / length(first)) * ONE) / length(last));
    return Math.min(ONE, Math.max(-ONE, cosine));
  }

  private transmit(): void {
    const frame = this.twin.transmit(this.nowMs);
    if (frame !== undefined) this.settings.sent(this.twin.flight & 0xff, frame.bytes.slice());
  }
}

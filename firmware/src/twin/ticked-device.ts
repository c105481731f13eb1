import {
  EventType,
  FEATURE_FIELDS,
  RAW_CHUNKS_PER_READING,
  RAW_SAMPLES_PER_CHUNK,
  ResetCause,
  SAMPLE_RATE_HZ,
} from '@gaitway/contract';
import type { DownMessage } from '../link/down-message.ts';
import { FALL_DECISION_TICKS, FallDetector, tellsFalls } from './fall-detector.ts';
import { FeatureExtractor } from './features/feature-extractor.ts';
import { PulseHub } from './pulse-hub.ts';
import { PulseMeter } from './pulse-meter.ts';
import { TICK_MS, type TwinSettings } from './settings.ts';
import { SlotSamples } from './slot-samples.ts';
import { Twin, type TwinHooks } from './twin.ts';

/** A watchdog reset comes so long after the last tick that was worked off. */
const WATCHDOG_TICKS = 2 * SAMPLE_RATE_HZ;
/** 16384 * the cosine of no angle at all. */
const NO_TILT = 16384;
/** A longer wait than this cannot be said on the line to the chip. */
const RETRY_AFTER_MS_MAX = 65_534;
const FLIGHT_MASK = 0xff;
const NOBODY: TwinHooks = { released() {}, dropped() {}, refused() {} };

/** What was built into a program. */
export interface BuiltProgram extends Pick<TwinSettings, 'firmware'> {
  imageHash: number;
}

/** What a device is told once, and what was built into its program. */
export interface TickedDeviceSettings
  extends BuiltProgram,
    Pick<TwinSettings, 'placement' | 'accelRange' | 'gyroRange'> {
  device: number;
  /** The last boot number that was used: the first start takes the next one. 65535: none yet. */
  boot: number;
  mode: 'features' | 'raw';
  /** Least 20. */
  slotMs: number;
  /** A hub with an optical sensor for the heart is fitted. Default: none. */
  hasHub?: boolean;
}

/** A frame goes to the modem: the low byte of its flight, and its bytes, which the next transmission changes. */
export type SendFrame = (flight: number, bytes: Uint8Array) => void;

/**
 * The whole wearable, driven as the chip is: by ticks of 20 ms, and by messages and resets between them, which belong
 * to the tick before (`docs/firmware-link.md`). What it sends is what `firmware/wearable` sends, byte for byte and in
 * the same tick; the tests of `firmware/src/wearable` hold it to that. A fleet, which makes its features in advance and sleeps
 * until something is due, drives the {@link Twin} itself.
 */
export class TickedDevice {
  readonly twin: Twin;
  /** What the battery's converter says. */
  batteryMv = 3700;
  private readonly settings: TickedDeviceSettings;
  private readonly send: SendFrame;
  private readonly taken: (firmware: number) => void;
  private imageHash: number;
  private readonly extractor: FeatureExtractor;
  private readonly falls: FallDetector;
  private readonly hub = new PulseHub();
  private readonly pulse = new PulseMeter();
  private readonly values = new Int32Array(FEATURE_FIELDS.length);
  private readonly slot = new SlotSamples();
  /** Ticks since the device was made. They never go back, unlike those since power came. */
  private ticks = 0;
  private uptimeTicks = 0;
  /** Epoch ms when power came; 0 while nobody told the time. */
  private offsetMs = 0;
  private isStarted = false;
  private hangs = false;
  private slotStartTicks = 0;
  private nextSlotTicks = 0;
  private mode: 'features' | 'raw' = 'features';
  private nextMode: 'features' | 'raw' = 'features';
  private chunkIndex = 0;

  /** `taken`: the device has seen an offer of this firmware. */
  constructor(
    settings: TickedDeviceSettings,
    send: SendFrame,
    hooks: TwinHooks = NOBODY,
    taken: (firmware: number) => void = () => {},
  ) {
    this.settings = settings;
    this.send = send;
    this.taken = taken;
    this.imageHash = settings.imageHash;
    this.extractor = new FeatureExtractor(settings.accelRange);
    this.falls = new FallDetector(settings.accelRange);
    const { firmware, placement, accelRange, gyroRange } = settings;
    this.twin = new Twin(
      settings.device,
      (settings.boot + 1) & 0xffff,
      { firmware, placement, accelRange, gyroRange, clockSurvives: false },
      hooks,
    );
  }

  /** A start, also the first one. Only power-on loses what the memory held. `program`: from now on it runs another one. */
  start(cause: ResetCause, program?: BuiltProgram): void {
    const { twin, settings } = this;
    const isPowerOn = cause === ResetCause.powerOn;
    if (this.isStarted) twin.reboot(this.nowMs, !isPowerOn);
    if (program !== undefined) {
      this.imageHash = program.imageHash;
      twin.install(program.firmware);
    }
    this.isStarted = true;
    this.hangs = false;
    if (isPowerOn) this.uptimeTicks = 0;
    if (cause === ResetCause.watchdog) this.uptimeTicks += WATCHDOG_TICKS;
    this.offsetMs = 0;
    this.mode = this.nextMode = settings.mode;
    this.setSlot(settings.slotMs);
    this.slot.clear();
    this.chunkIndex = 0;
    this.falls.reset();
    this.hub.reset();
    const report = { resetCause: cause, imageHash: this.imageHash };
    twin.bootReport(this.uptimeMs, report, this.batteryMv, this.nowMs);
    this.transmit();
  }

  /**
   * One tick, with the sample that the sensor gave in it, if it answered. `interval`: of the beat that the hub found in it,
   * 0.1 ms; 0: none; without it the hub has no power.
   */
  tick(sample?: ArrayLike<number>, interval?: number): void {
    if (this.hangs) return;
    this.ticks += 1;
    this.uptimeTicks += 1;
    const { slot } = this;
    if (slot.isFresh) this.beginSlot();
    this.feel(interval);
    slot.tick(sample);
    if (slot.isOver) {
      if (this.mode === 'raw') this.endChunk();
      else this.endSlot();
      slot.clear();
    }
    this.watchForFall(sample);
    this.transmit();
  }

  /** What the modem says after the tick. One that hangs hears nothing until its watchdog bites. */
  take(message: DownMessage): void {
    if (this.hangs) return;
    this.handle(message);
    if (!this.hangs) this.transmit();
  }

  private get nowMs(): number {
    return this.ticks * TICK_MS;
  }

  private get uptimeMs(): number {
    return this.uptimeTicks * TICK_MS;
  }

  private handle(message: DownMessage): void {
    const { twin, nowMs } = this;
    switch (message.type) {
      case 'linkUp':
        return twin.linkUp(nowMs);
      case 'linkDown':
        return twin.linkDown(nowMs);
      case 'acknowledged':
        return twin.answered({ boot: message.boot, seq: message.seq }, nowMs);
      case 'rejected':
        return this.rejected(message);
      case 'timeSync':
        this.offsetMs = message.epochMs - this.uptimeMs;
        return twin.syncClock(this.offsetMs);
      case 'rate':
        return this.setSlot(message.slotMs);
      case 'mode':
        this.nextMode = message.mode;
        return;
      case 'button':
        return this.press();
      case 'nextSeq':
        twin.nextSeq = message.seq;
        return;
      case 'hang':
        this.hangs = true;
        return;
      case 'updateOffer':
        return this.taken(message.firmware);
      case 'identify':
        // A lamp and a line in the modem's log: no frame.
        return;
    }
  }

  /** It names its transmission by eight bits. Which reason it was the modem knows: here it is one of the same kind. */
  private rejected({ flight, device, retryAfterMs }: Extract<DownMessage, { type: 'rejected' }>): void {
    const { twin } = this;
    if (flight !== (twin.flight & FLIGHT_MASK)) return;
    const reject = device === 'drop' ? ('future' as const) : ('busy' as const);
    const answer =
      retryAfterMs === undefined
        ? { reject }
        : { reject, retryAfterMs: Math.min(RETRY_AFTER_MS_MAX, retryAfterMs) };
    twin.answered(answer, this.nowMs);
  }

  /** From the next slot on. Whole ticks; less than one is ignored. */
  private setSlot(slotMs: number): void {
    if (slotMs >= TICK_MS) this.nextSlotTicks = Math.floor(slotMs / TICK_MS);
  }

  private press(): void {
    const event = {
      type: EventType.button,
      peak: 0,
      min: 0,
      gyroPeak: 0,
      tiltCosine: NO_TILT,
      offsetMs: 0,
    };
    this.twin.event(this.uptimeMs + this.offsetMs, event, 0, this.batteryMv, this.nowMs);
  }

  private watchForFall(sample: ArrayLike<number> | undefined): void {
    const { falls, settings } = this;
    if (!tellsFalls(settings.placement)) return;
    const event =
      sample === undefined
        ? falls.miss()
        : falls.feed(sample[0]!, sample[1]!, sample[2]!, sample[3]!, sample[4]!, sample[5]!);
    if (event === null) return;
    const startMs = (this.uptimeTicks - FALL_DECISION_TICKS) * TICK_MS + this.offsetMs;
    this.twin.event(startMs, event, 0, this.batteryMv, this.nowMs);
  }

  private feel(interval: number | undefined): void {
    if (this.settings.hasHub !== true) return;
    const read = this.hub.tick(interval);
    if (read === undefined) this.pulse.silent();
    else for (const one of read) this.pulse.add(one);
  }

  private beginSlot(): void {
    this.pulse.begin();
    this.slotStartTicks = this.uptimeTicks - 1;
    // A raw reading is never left in its middle.
    if (this.chunkIndex === 0) this.mode = this.nextMode;
    this.slot.begin(this.mode === 'raw' ? RAW_SAMPLES_PER_CHUNK : this.nextSlotTicks);
  }

  /** When the slot began, in the clock as it is now. */
  private get slotStartMs(): number {
    return this.slotStartTicks * TICK_MS + this.offsetMs;
  }

  private endSlot(): void {
    const { slot, values, twin } = this;
    this.extractor.extract(slot.samples, values, slot.places);
    this.pulse.end(values);
    const slotMs = slot.ticks * TICK_MS;
    twin.endSlot(this.slotStartMs, slotMs, values, slot.flags, this.batteryMv, this.nowMs);
  }

  private endChunk(): void {
    const { slot, chunkIndex } = this;
    const chunk = { chunkIndex, samples: slot.samples };
    this.twin.rawChunk(this.slotStartMs, chunk, slot.flags, this.batteryMv, this.nowMs);
    this.chunkIndex = (chunkIndex + 1) % RAW_CHUNKS_PER_READING;
  }

  private transmit(): void {
    const frame = this.twin.transmit(this.nowMs);
    if (frame !== undefined) this.send(this.twin.flight & FLIGHT_MASK, frame.bytes);
  }
}

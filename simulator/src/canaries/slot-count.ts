import { RAW_CHUNKS_PER_READING, RAW_SAMPLES_PER_CHUNK } from '@gaitway/contract';
import { type DownMessage, TICK_MS } from '@gaitway/firmware';

export interface SlotSettings {
  slotMs: number;
  mode: 'features' | 'raw';
}

/** A slot of the chip that is over: in raw mode a chunk. */
export interface EndedSlot {
  ticks: number;
  raw: boolean;
}

/**
 * Counts the chip's slots from outside, by its ticks and by what it is told (`docs/firmware-link.md`, "When things
 * happen"): so that it is known when a reading is due, whether or not the chip ever sends it.
 */
export class SlotCount {
  private readonly settings: SlotSettings;
  private ticks = 0;
  private length = 0;
  private raw = false;
  private chunk = 0;
  private next!: SlotSettings;

  constructor(settings: SlotSettings) {
    this.settings = settings;
    this.restart();
  }

  /** The chip started anew: what was begun is lost, and its settings are those of the EEPROM. */
  restart(): void {
    this.next = { ...this.settings };
    this.ticks = 0;
    this.chunk = 0;
  }

  /** The chip was told something. What changes a slot holds from the next one on, in raw mode from the next reading on. */
  told(message: DownMessage): void {
    if (message.type === 'rate' && message.slotMs >= TICK_MS) this.next.slotMs = message.slotMs;
    if (message.type === 'mode') this.next.mode = message.mode;
  }

  /** Ticks until the slot that runs, or begins with the next one, ends, as far as the chip has been told. */
  get ticksLeft(): number {
    return this.ticks === 0 ? lengthOf(this.next.slotMs, this.isNextRaw) : this.length - this.ticks;
  }

  /** One tick; the slot that it ended. */
  tick(): EndedSlot | undefined {
    if (this.ticks === 0) this.begin();
    this.ticks += 1;
    if (this.ticks < this.length) return undefined;
    this.ticks = 0;
    if (this.raw) this.chunk = (this.chunk + 1) % RAW_CHUNKS_PER_READING;
    return { ticks: this.length, raw: this.raw };
  }

  private get isNextRaw(): boolean {
    return this.chunk === 0 ? this.next.mode === 'raw' : this.raw;
  }

  private begin(): void {
    this.raw = this.isNextRaw;
    this.length = lengthOf(this.next.slotMs, this.raw);
  }
}

function lengthOf(slotMs: number, raw: boolean): number {
  return raw ? RAW_SAMPLES_PER_CHUNK : Math.floor(slotMs / TICK_MS);
}

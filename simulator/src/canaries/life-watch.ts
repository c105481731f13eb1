import { type DownMessage, TICK_MS } from '@gaitway/firmware';
import { SlotCount } from './slot-count.ts';

/** So many slots end, and nothing of them is heard. */
const SLOTS_MOST = 2;
/** Short slots follow each other faster than a chip, a line and a server answer. */
const SILENCE_MS_LEAST = 1000;
/** A frame without an answer goes again after 2 s and a delay of 16 s at the most (`docs/wire-format.md`). */
const UNANSWERED_MS = 20_000;

/**
 * Whether a chip that ticks does its work: Timer1 ticks in a program that hangs with interrupts on, too. A chip whose link is
 * up, and that waits for no answer, sends a reading at the end of each slot; so it is dead when two slots ended and no frame
 * came. A frame that waits for its answer, or that was refused for now, goes again later: until then silence says nothing.
 *
 * While the link is down, and before a chip was told the time, it sends nothing and holds what it makes: then only its tick is
 * known, and the watch begins when the link comes up, with which it is told the time.
 */
export class LifeWatch {
  private readonly slots: SlotCount;
  private isUp = false;
  private slotsSilent = 0;
  private silentMs = 0;
  private mayWaitMs = 0;

  constructor(slotMs: number) {
    this.slots = new SlotCount({ slotMs, mode: 'features' });
  }

  /** The chip started anew: it is told of the link once more. */
  restart(): void {
    this.slots.restart();
    this.isUp = false;
  }

  told(message: DownMessage): void {
    this.slots.told(message);
    if (message.type === 'linkDown') this.isUp = false;
    else if (message.type === 'linkUp') this.isUp = true;
    else if (message.type !== 'acknowledged' && message.type !== 'rejected') return;
    const later = message.type === 'rejected' && message.device === 'later';
    this.begin(later ? Math.max(UNANSWERED_MS, message.retryAfterMs ?? 0) : 0);
  }

  /** The chip sent a frame. */
  heard(): void {
    this.begin(UNANSWERED_MS);
  }

  /** One tick; whether the chip is dead. */
  tick(): boolean {
    const ended = this.slots.tick() !== undefined;
    if (!this.isUp) return false;
    this.silentMs += TICK_MS;
    if (ended) this.slotsSilent += 1;
    return this.slotsSilent >= SLOTS_MOST && this.silentMs >= Math.max(SILENCE_MS_LEAST, this.mayWaitMs);
  }

  private begin(mayWaitMs: number): void {
    this.slotsSilent = 0;
    this.silentMs = 0;
    this.mayWaitMs = mayWaitMs;
  }
}

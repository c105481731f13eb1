import type { Clock } from '@gaitway/contract';
import type { ReadingLog, Watermark } from './reading-log.ts';

/** How long a failed look-up waits before it is tried again. */
const RETRY_MS = 500;

type Found = (watermark: Watermark | undefined) => void;

/** Looks watermarks up in the log, many devices at a time: a fleet that connects at once is a few reads. */
export class WatermarkLoader {
  private readonly log: ReadingLog;
  private readonly clock: Clock;
  private waiting = new Map<number, Found[]>();
  private asked = new Map<number, Found[]>();
  /** A question is to come, or under way: one at a time. Who asks meanwhile waits for the next one. */
  private scheduled = false;

  constructor(log: ReadingLog, clock: Clock) {
    this.log = log;
    this.clock = clock;
  }

  /** Calls `found` once the log has answered; keeps asking while the log cannot. */
  load(device: number, found: Found): void {
    const others = this.waiting.get(device);
    if (others) others.push(found);
    else this.waiting.set(device, [found]);
    this.schedule(0);
  }

  /** `found` is no longer interested: devices that come and go while the log is away leave nothing behind. */
  forget(device: number, found: Found): void {
    for (const asking of [this.waiting, this.asked]) {
      const left = asking.get(device)?.filter((other) => other !== found);
      if (left?.length) asking.set(device, left);
      else if (left) asking.delete(device);
    }
  }

  private schedule(delayMs: number): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.clock.setTimer(delayMs, () => void this.ask());
  }

  private async ask(): Promise<void> {
    this.asked = this.waiting;
    this.waiting = new Map();
    let againAfterMs = 0;
    try {
      const devices = [...this.asked.keys()];
      const found = devices.length > 0 ? await this.log.watermarksOf(devices) : undefined;
      for (const [device, callbacks] of this.take()) {
        for (const callback of callbacks) callback(found?.get(device));
      }
    } catch {
      for (const [device, callbacks] of this.take()) {
        const newer = this.waiting.get(device) ?? [];
        this.waiting.set(device, [...callbacks, ...newer]);
      }
      againAfterMs = RETRY_MS;
    }
    this.scheduled = false;
    if (this.waiting.size > 0) this.schedule(againAfterMs);
  }

  private take(): Map<number, Found[]> {
    const { asked } = this;
    this.asked = new Map();
    return asked;
  }
}

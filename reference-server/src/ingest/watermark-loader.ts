import type { Clock } from '@gaitway/contract';
import type { ReadingLog, Watermark } from './reading-log.ts';

/** How long a failed look-up waits before it is tried again. */
const RETRY_MS = 500;

/** Looks watermarks up in the log, many devices at a time: a fleet that connects at once is a few reads. */
export class WatermarkLoader {
  private readonly log: ReadingLog;
  private readonly clock: Clock;
  private waiting = new Map<number, ((watermark: Watermark | undefined) => void)[]>();
  private scheduled = false;

  constructor(log: ReadingLog, clock: Clock) {
    this.log = log;
    this.clock = clock;
  }

  /** Calls `found` once the log has answered; keeps asking while the log cannot. */
  load(device: number, found: (watermark: Watermark | undefined) => void): void {
    const others = this.waiting.get(device);
    if (others) others.push(found);
    else this.waiting.set(device, [found]);
    this.schedule(0);
  }

  private schedule(delayMs: number): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.clock.setTimer(delayMs, () => {
      this.scheduled = false;
      void this.ask();
    });
  }

  private async ask(): Promise<void> {
    const asked = this.waiting;
    this.waiting = new Map();
    try {
      const found = await this.log.watermarksOf([...asked.keys()]);
      for (const [device, callbacks] of asked) for (const callback of callbacks) callback(found.get(device));
    } catch {
      for (const [device, callbacks] of asked) {
        const newer = this.waiting.get(device);
        this.waiting.set(device, newer ? [...callbacks, ...newer] : callbacks);
      }
      this.schedule(RETRY_MS);
    }
  }
}

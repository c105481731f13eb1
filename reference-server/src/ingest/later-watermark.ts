import { bootIsNewer } from './boot-order.ts';
import type { Watermark } from './reading-log.ts';

/**
 * What a log keeps of a device when `next` comes to what is stored: a newer boot replaces an older one, and
 * within a boot each number only grows. The result does not depend on which of two appends came first.
 */
export function laterWatermark(stored: Watermark | undefined, next: Watermark): Watermark {
  if (!stored || bootIsNewer(next, stored)) return next;
  if (next.boot !== stored.boot) return stored;
  if (next.seq <= stored.seq && next.startMs <= stored.startMs) return stored;
  return {
    boot: stored.boot,
    seq: Math.max(stored.seq, next.seq),
    startMs: Math.max(stored.startMs, next.startMs),
  };
}

/** The watermarks of those of the devices that have one. */
export function watermarksAmong(
  watermarks: { get(device: number): Watermark | undefined },
  devices: readonly number[],
): Map<number, Watermark> {
  const found = new Map<number, Watermark>();
  for (const device of devices) {
    const watermark = watermarks.get(device);
    if (watermark) found.set(device, watermark);
  }
  return found;
}

import type { Clock } from '@gaitway/contract';

/**
 * Waits for a step of a shut-down, but no longer than `limitMs`: one that hangs or fails is warned of and left
 * behind, so that the steps after it still come. It goes on by itself if it can.
 */
export async function withinLimit(
  step: string,
  work: Promise<unknown> | undefined,
  limit: { clock: Clock; limitMs: number; warn(says: string): void },
): Promise<void> {
  if (work === undefined) return;
  const { clock, limitMs, warn } = limit;
  await new Promise<void>((resolve) => {
    const timer = clock.setTimer(limitMs, () => {
      warn(`shut-down: ${step} took longer than ${limitMs} ms and was left behind`);
      resolve();
    });
    work
      .catch((error: unknown) => {
        warn(`shut-down: ${step} failed: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => {
        clock.clearTimer(timer);
        resolve();
      });
  });
}

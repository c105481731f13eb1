import { expect, it } from 'vitest';
import type { ReadingLog } from './reading-log.ts';
import { batchOf, recordOf, watermarks } from './reading-log-samples.fixture.ts';

/** How far every reading log says that a device came. `open`: an empty one. */
export function describeWatermarks(open: () => Promise<ReadingLog>): void {
  it('are there as soon as the append is, for the devices that have one', async () => {
    const log = await open();
    await log.append(batchOf(0, [recordOf('a', 5)], 1, watermarks([7, 1, 5, 5000], [8, 65535, 0, 400])));
    expect(await log.watermarksOf([7, 8, 9])).toEqual(watermarks([7, 1, 5, 5000], [8, 65535, 0, 400]));
  });

  it('never go back within a boot', async () => {
    const log = await open();
    await log.append(batchOf(0, [recordOf('a', 5)], 1, watermarks([7, 1, 5, 5000])));
    await log.append(batchOf(0, [recordOf('a', 3)], 2, watermarks([7, 1, 3, 3000])));
    expect(await log.watermarksOf([7])).toEqual(watermarks([7, 1, 5, 5000]));
    await log.append(batchOf(0, [recordOf('a', 6)], 3, watermarks([7, 1, 6, 6000])));
    expect(await log.watermarksOf([7])).toEqual(watermarks([7, 1, 6, 6000]));
  });

  it('keep the latest start although the number stays or an earlier start comes with a higher one', async () => {
    const log = await open();
    await log.append(batchOf(0, [recordOf('a', 5)], 1, watermarks([7, 1, 5, 5000])));
    await log.append(batchOf(0, [recordOf('a', 8)], 2, watermarks([7, 1, 5, 8000])));
    expect(await log.watermarksOf([7])).toEqual(watermarks([7, 1, 5, 8000]));
    await log.append(batchOf(0, [recordOf('a', 6)], 3, watermarks([7, 1, 6, 6000])));
    expect(await log.watermarksOf([7])).toEqual(watermarks([7, 1, 6, 8000]));
  });

  // Numbers far apart do not count the starts of one device: their starts in time decide (boot-order.ts).
  it.each([
    { stored: 1, next: 2, startMs: 100, wins: true },
    { stored: 2, next: 1, startMs: 99_000, wins: false },
    { stored: 65535, next: 0, startMs: 100, wins: true },
    { stored: 0, next: 65535, startMs: 99_000, wins: false },
    { stored: 0, next: 256, startMs: 100, wins: true },
    { stored: 0, next: 65280, startMs: 99_000, wins: false },
    { stored: 0, next: 257, startMs: 100, wins: false },
    { stored: 0, next: 65279, startMs: 99_000, wins: true },
    { stored: 0, next: 32768, startMs: 9001, wins: true },
    { stored: 40000, next: 7231, startMs: 99_000, wins: true },
    { stored: 7231, next: 40000, startMs: 99_000, wins: true },
    { stored: 40000, next: 7231, startMs: 9000, wins: true },
    { stored: 7231, next: 40000, startMs: 9000, wins: false },
  ])(
    'boot $next from $startMs ms on, after boot $stored at 9000 ms: replaced $wins',
    async ({ stored, next, startMs, wins }) => {
      const log = await open();
      await log.append(batchOf(0, [recordOf('a', 1)], 1, watermarks([7, stored, 900, 9000])));
      await log.append(batchOf(0, [recordOf('a', 1)], 2, watermarks([7, next, 1, startMs])));
      expect(await log.watermarksOf([7])).toEqual(
        watermarks(wins ? [7, next, 1, startMs] : [7, stored, 900, 9000]),
      );
    },
  );

  it('of many devices are found at once, at the ends of their ranges too (-1: nothing durable yet)', async () => {
    const log = await open();
    const many = watermarks([0, 0, -1, 0], [0xffffffff, 65535, 0xffffffff, 281474976710655]);
    for (let device = 1; device <= 600; device++)
      many.set(device, { boot: 1, seq: device, startMs: device * 10 });
    await log.append(batchOf(0, [recordOf('a', 1)], 1, many));
    expect(await log.watermarksOf([...many.keys()])).toEqual(many);
  });
}

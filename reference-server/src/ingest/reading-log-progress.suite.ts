import { expect, it } from 'vitest';
import type { ReadingLog } from './reading-log.ts';
import { batchOf, plain, readAll, recordOf, recordsOf } from './reading-log-samples.fixture.ts';

/** How every reading log keeps what its processors have done with. `open`: an empty one. */
export function describeProgress(open: () => Promise<ReadingLog>): void {
  it('is null until something was committed', async () => {
    const log = await open();
    expect(await log.progressOf(0)).toBeNull();
  });

  it('is what was committed last, for each partition', async () => {
    const log = await open();
    await log.append(batchOf(0, [recordOf('a', 1)]));
    const { position } = (await readAll(log, 0)).at(-1)!;
    expect(await log.commit(0, 1, { position: null, closedThroughMs: 60_000 })).toBe(true);
    expect(await log.progressOf(0)).toEqual({ position: null, closedThroughMs: 60_000 });
    expect(await log.commit(0, 1, { position, closedThroughMs: 120_000 })).toBe(true);
    expect(await log.progressOf(0)).toEqual({ position, closedThroughMs: 120_000 });
    expect(await log.progressOf(1)).toBeNull();
  });

  it('is fenced: a lower epoch changes nothing, a higher one takes over', async () => {
    const log = await open();
    expect(await log.commit(0, 5, { position: null, closedThroughMs: 50 })).toBe(true);
    expect(await log.commit(0, 4, { position: null, closedThroughMs: 40 })).toBe(false);
    expect(await log.progressOf(0)).toEqual({ position: null, closedThroughMs: 50 });
    expect(await log.commit(0, 10, { position: null, closedThroughMs: 60 })).toBe(true);
    expect(await log.commit(0, 9, { position: null, closedThroughMs: 70 })).toBe(false);
    expect(await log.progressOf(0)).toEqual({ position: null, closedThroughMs: 60 });
  });
}

/** What every reading log lets go, and what it does not. `forgets`: the adapter has that to do itself. */
export function describeTrim(open: () => Promise<ReadingLog>, forgets: boolean): void {
  it('leaves everything above the committed position, and everything of other partitions', async () => {
    const log = await open();
    for (let seq = 0; seq < 6; seq++) await log.append(batchOf(0, [recordOf('a', seq)]));
    await log.append(batchOf(1, [recordOf('b', 0)]));
    const entries = await readAll(log, 0);
    await log.commit(0, 1, { position: entries[2]!.position, closedThroughMs: 0 });
    await log.trim(0);
    await log.trim(1);
    expect(recordsOf(await readAll(log, 0, 10, entries[2]!.position))).toEqual(
      [3, 4, 5].map((seq) => plain('a', seq)),
    );
    expect(recordsOf(await readAll(log, 1))).toEqual([plain('b', 0)]);
  });

  it('removes nothing while nothing is committed', async () => {
    const log = await open();
    await log.append(batchOf(0, [recordOf('a', 1)]));
    await log.trim(0);
    await log.commit(0, 1, { position: null, closedThroughMs: 60_000 });
    await log.trim(0);
    expect(recordsOf(await readAll(log, 0))).toEqual([plain('a', 1)]);
  });

  it('of everything goes on with higher positions', async () => {
    const log = await open();
    await log.append(batchOf(0, [recordOf('a', 1), recordOf('a', 2)]));
    const { position } = (await readAll(log, 0)).at(-1)!;
    await log.commit(0, 1, { position, closedThroughMs: 0 });
    await log.trim(0);
    await log.append(batchOf(0, [recordOf('a', 3)]));
    expect(recordsOf(await readAll(log, 0, 10, position))).toEqual([plain('a', 3)]);
  });

  if (forgets) {
    it('forgets what lies at or below the committed position', async () => {
      const log = await open();
      for (let seq = 0; seq < 4; seq++) await log.append(batchOf(0, [recordOf('a', seq)]));
      const entries = await readAll(log, 0);
      await log.commit(0, 1, { position: entries[1]!.position, closedThroughMs: 0 });
      await log.trim(0);
      expect(recordsOf(await readAll(log, 0))).toEqual([plain('a', 2), plain('a', 3)]);
      expect(await log.entriesHeld()).toBe(2);
    });
  }
}

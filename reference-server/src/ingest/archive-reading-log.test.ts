import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StoredReading } from '../archive/archive.ts';
import { LmdbArchive } from '../archive/lmdb-archive.ts';
import { openLmdbEnvironment } from '../archive/lmdb-environment.ts';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { ArchiveReadingLog } from './archive-reading-log.ts';
import { describeReadingLog } from './reading-log.suite.ts';

const TRAITS = { trims: false, keepsProgress: false };

describeReadingLog(
  'the archive in memory, cache off',
  async (options) => {
    const archive = new MemoryArchive();
    return {
      log: await ArchiveReadingLog.open(archive, options),
      reopen: () => ArchiveReadingLog.open(archive, options),
      dispose: async () => {},
    };
  },
  TRAITS,
);

describeReadingLog(
  'the archive in LMDB, cache off',
  async (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'gaitway-readings-'));
    const environment = openLmdbEnvironment(folder, 'process');
    const archive = new LmdbArchive(environment);
    return {
      log: await ArchiveReadingLog.open(archive, options),
      reopen: () => ArchiveReadingLog.open(archive, options),
      dispose: async () => {
        await environment.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
  TRAITS,
);

/** An archive that confirms its writes in the wrong order, or not at all. */
class SlowArchive extends MemoryArchive {
  readonly confirm: ((error?: Error) => void)[] = [];

  override async saveReadings(readings: readonly StoredReading[]): Promise<void> {
    const [first, ...rest] = readings;
    await super.saveReadings(rest);
    await new Promise<void>((resolve, reject) => {
      this.confirm.push((error) => (error ? reject(error) : resolve()));
    });
    if (first) await super.saveReadings([first]);
  }
}

describe('reading log on the archive', () => {
  const batch = (...seqs: number[]) => ({
    receivedAtMs: 1,
    partitions: [
      { partition: 0, records: seqs.map((seq) => ({ patient: 'a', ward: 'w', bytes: Uint8Array.of(seq) })) },
    ],
    watermarks: new Map([[7, { boot: 1, seq: seqs.at(-1)!, startMs: 5 }]]),
  });

  it('shows a reader nothing of an append that has not ended', async () => {
    const archive = new SlowArchive();
    const log = await ArchiveReadingLog.open(archive, { partitions: 1 });
    const appended = log.append(batch(1, 2, 3));
    await expect.poll(() => archive.confirm.length).toBe(1);
    expect(await archive.readingsAfter(0, null, 10)).toHaveLength(2);
    expect(await log.read([{ partition: 0, after: null }], 10)).toEqual(new Map());
    archive.confirm[0]!();
    await appended;
    const entries = (await log.read([{ partition: 0, after: null }], 10)).get(0) ?? [];
    expect(entries.map((entry) => entry.records[0]?.bytes[0])).toEqual([1, 2, 3]);
  });

  it('rejects an append that the archive did not confirm, raises no watermark, and goes on', async () => {
    const archive = new SlowArchive();
    const log = await ArchiveReadingLog.open(archive, { partitions: 1 });
    const failed = log.append(batch(1));
    const next = log.append(batch(2));
    await expect.poll(() => archive.confirm.length).toBe(1);
    archive.confirm[0]!(new Error('no primary'));
    await expect(failed).rejects.toThrow('no primary');
    expect(await log.watermarksOf([7])).toEqual(new Map());
    await expect.poll(() => archive.confirm.length).toBe(2);
    archive.confirm[1]!();
    await next;
    const entries = (await log.read([{ partition: 0, after: null }], 10)).get(0) ?? [];
    expect(entries.map((entry) => entry.records[0]?.bytes[0])).toEqual([2]);
    expect(await log.watermarksOf([7])).toEqual(new Map([[7, { boot: 1, seq: 2, startMs: 5 }]]));
  });
});

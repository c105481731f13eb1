import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { RETENTION_LONG } from '../archive/archive.suite.ts';
import type { Archive, StoredReading } from '../archive/archive.ts';
import { LmdbArchive } from '../archive/lmdb-archive.ts';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { openMongoArchive } from '../archive/mongo-archive.ts';
import { realClock } from '../real-clock.ts';
import { openLmdbEnvironment } from '../stores/lmdb-environment.ts';
import { ArchiveReadingLog } from './archive-reading-log.ts';
import { describeReadingLog } from './reading-log.suite.ts';
import type { DurabilityLevel } from './reading-log.ts';
import { batchOf, frameOf, readAll, recordOf, recordsOf, watermarks } from './reading-log-samples.fixture.ts';

const TRAITS = { trims: false, keepsProgress: false };
const ONE_PARTITION = { partitions: 1, durability: 'process' } as const;
const mongoUrl = process.env.GAITWAY_MONGO_URL;

interface ArchiveOfTest {
  archive: Archive;
  dispose(): Promise<void>;
}

async function inMemory(): Promise<ArchiveOfTest> {
  return { archive: new MemoryArchive(), dispose: async () => {} };
}

async function inLmdb(level: DurabilityLevel = 'process'): Promise<ArchiveOfTest> {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-readings-'));
  const environment = openLmdbEnvironment(folder, level);
  return {
    archive: new LmdbArchive(environment),
    dispose: async () => {
      await environment.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function inMongo(query = ''): Promise<ArchiveOfTest> {
  const name = `gaitway-test-${randomUUID()}`;
  const url = new URL(mongoUrl!);
  url.pathname = name;
  url.search = query;
  const archive = await openMongoArchive(url.href, { clock: realClock, retention: RETENTION_LONG });
  return {
    archive,
    dispose: async () => {
      await archive.close();
      const client = new MongoClient(mongoUrl!);
      await client.db(name).dropDatabase();
      await client.close();
    },
  };
}

function describeOn(name: string, make: () => Promise<ArchiveOfTest>): void {
  describeReadingLog(
    name,
    async ({ partitions }) => {
      const { archive, dispose } = await make();
      const open = () => ArchiveReadingLog.open(archive, { partitions, durability: 'process' });
      return { log: await open(), reopen: open, dispose };
    },
    TRAITS,
  );
}

/** Two servers append for a while, as in a rolling restart. */
async function expectNothingReplaced(make: () => Promise<ArchiveOfTest>): Promise<void> {
  const { archive, dispose } = await make();
  try {
    const old = await ArchiveReadingLog.open(archive, ONE_PARTITION);
    const young = await ArchiveReadingLog.open(archive, ONE_PARTITION);
    // Nine each: whoever finds a position taken was beaten by one of the other's nine, so ten tries are enough.
    const readings = Array.from({ length: 9 }, (_, seq) => ({
      ofOld: frameOf(1, 1, seq),
      ofYoung: frameOf(2, 1, seq),
    }));
    for (let i = 0; i < 9; i += 3) {
      const some = readings.slice(i, i + 3);
      const marks = (device: number) => watermarks([device, 1, i + 2, (i + 2) * 5000]);
      const appendOld = () =>
        old.append(
          batchOf(
            0,
            some.map(({ ofOld }) => ofOld),
            1,
            marks(1),
          ),
        );
      const appendYoung = () =>
        young.append(
          batchOf(
            0,
            some.map(({ ofYoung }) => ofYoung),
            1,
            marks(2),
          ),
        );
      // First one after the other, then both at once.
      if (i === 0) await appendOld();
      await Promise.all(i === 0 ? [appendYoung()] : [appendOld(), appendYoung()]);
    }
    const started = await ArchiveReadingLog.open(archive, ONE_PARTITION);
    const kept = recordsOf(await readAll(started, 0)).map(({ patient, bytes }) => `${patient} ${bytes}`);
    const appended = readings.flatMap(({ ofOld, ofYoung }) => [ofOld, ofYoung]);
    expect(kept.sort()).toEqual(appended.map(({ patient, bytes }) => `${patient} ${bytes}`).sort());
    expect(await started.watermarksOf([1, 2])).toEqual(watermarks([1, 1, 8, 40_000], [2, 1, 8, 40_000]));
  } finally {
    await dispose();
  }
}

describeOn('the archive in memory, cache off', inMemory);
describeOn('the archive in LMDB, cache off', inLmdb);
describe.runIf(mongoUrl)('with MongoDB', () => {
  describeOn('the archive in MongoDB, cache off', inMongo);

  it('two processes at once replace no reading of each other', () => expectNothingReplaced(inMongo));

  it('is as durable as the write concern says, and refused when that is less than was asked for', async () => {
    const journaled = await inMongo();
    const unjournaled = await inMongo('?journal=false');
    try {
      const asked = { partitions: 1, durability: 'machine' } as const;
      const log = await ArchiveReadingLog.open(journaled.archive, asked);
      expect(log.durability).toMatchObject({ level: 'machine', known: 'declared' });
      await expect(ArchiveReadingLog.open(unjournaled.archive, asked)).rejects.toMatchObject({
        code: 'archive_not_durable',
      });
    } finally {
      await journaled.dispose();
      await unjournaled.dispose();
    }
  });
});

/** An archive that confirms its writes in the wrong order, or not at all. */
class SlowArchive extends MemoryArchive {
  readonly confirm: ((error?: Error) => void)[] = [];

  override async saveReadings(readings: readonly StoredReading[]): Promise<StoredReading[]> {
    const [first, ...rest] = readings;
    await super.saveReadings(rest);
    await new Promise<void>((resolve, reject) => {
      this.confirm.push((error) => (error ? reject(error) : resolve()));
    });
    return super.saveReadings(first ? [first] : []);
  }
}

describe('reading log on the archive', () => {
  const batch = (...seqs: number[]) =>
    batchOf(
      0,
      seqs.map((seq) => recordOf('a', seq)),
      1,
      watermarks([7, 1, seqs.at(-1)!, 5]),
    );
  const numbersIn = async (log: ArchiveReadingLog) =>
    recordsOf(await readAll(log, 0)).map(({ bytes }) => bytes[0]);

  it('shows a reader nothing of an append that has not ended', async () => {
    const archive = new SlowArchive();
    const log = await ArchiveReadingLog.open(archive, ONE_PARTITION);
    const appended = log.append(batch(1, 2, 3));
    await expect.poll(() => archive.confirm.length).toBe(1);
    expect(await archive.readingsAfter(0, null, 10)).toHaveLength(2);
    expect(await log.read([{ partition: 0, after: null }], 10)).toEqual(new Map());
    archive.confirm[0]!();
    await appended;
    expect(await numbersIn(log)).toEqual([1, 2, 3]);
  });

  it('rejects an append that the archive did not confirm, raises no watermark, and goes on', async () => {
    const archive = new SlowArchive();
    const log = await ArchiveReadingLog.open(archive, ONE_PARTITION);
    const failed = log.append(batch(1));
    const next = log.append(batch(2));
    await expect.poll(() => archive.confirm.length).toBe(1);
    archive.confirm[0]!(new Error('no primary'));
    await expect(failed).rejects.toThrow('no primary');
    expect(await log.watermarksOf([7])).toEqual(new Map());
    await expect.poll(() => archive.confirm.length).toBe(2);
    archive.confirm[1]!();
    await next;
    expect(await numbersIn(log)).toEqual([2]);
    expect(await log.watermarksOf([7])).toEqual(watermarks([7, 1, 2, 5]));
  });

  it('of two processes at once replaces no reading of the other', () => expectNothingReplaced(inMemory));

  it('gives up where every position is taken, and raises no watermark', async () => {
    const archive = new MemoryArchive();
    const log = await ArchiveReadingLog.open(archive, ONE_PARTITION);
    archive.saveReadings = async (readings) => [...readings];
    await expect(log.append(batch(1))).rejects.toThrow('every position');
    expect(await log.watermarksOf([7])).toEqual(new Map());
  });

  it('is as durable as LMDB was opened, and refused when that is less than was asked for', async () => {
    const [process, machine] = [await inLmdb('process'), await inLmdb('machine')];
    try {
      const asked = { partitions: 1, durability: 'machine' } as const;
      const log = await ArchiveReadingLog.open(machine.archive, asked);
      expect(log.durability).toMatchObject({
        level: 'machine',
        known: 'checked',
        detail: expect.stringMatching(/cache off.*with fsync/),
      });
      await expect(ArchiveReadingLog.open(process.archive, asked)).rejects.toMatchObject({
        code: 'archive_not_durable',
        message: expect.stringContaining('without fsync'),
      });
    } finally {
      await process.dispose();
      await machine.dispose();
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realClock } from '../real-clock.ts';
import { connectRedis } from '../stores/redis-connection.ts';
import { formCluster, ownRedisKeys, RedisProcess } from '../stores/redis-service.fixture.ts';
import { describeReadingLog, type ReadingLogUnderTest } from './reading-log.suite.ts';
import { type LogEntry, LogFull, type ReadingLog } from './reading-log.ts';
import { openRedisReadingLog } from './redis-reading-log.ts';

const url = process.env.GAITWAY_REDIS_URL;

async function logUnderTest(
  redisUrl: string,
  options: { partitions: number; entriesMax: number },
): Promise<ReadingLogUnderTest> {
  const { keys, clear } = ownRedisKeys(redisUrl);
  const open = async () =>
    openRedisReadingLog(await connectRedis(redisUrl), keys, realClock, { durability: 'process', ...options });
  let log = await open();
  return {
    log,
    reopen: async () => {
      await log.close();
      log = await open();
      return log;
    },
    dispose: async () => {
      await log.close();
      await clear();
    },
  };
}

function recordOf(seq: number, lengthBytes = 4): { patient: string; ward: string; bytes: Uint8Array } {
  const bytes = new Uint8Array(lengthBytes);
  new DataView(bytes.buffer).setUint32(0, seq);
  return { patient: 'p', ward: 'w', bytes };
}

async function readAll(log: ReadingLog, partition: number): Promise<number[]> {
  const seqs: number[] = [];
  let after: string | null = null;
  for (;;) {
    const entries: LogEntry[] = (await log.read([{ partition, after }], 100)).get(partition) ?? [];
    if (entries.length === 0) return seqs;
    for (const { records } of entries) {
      for (const { bytes } of records) seqs.push(Buffer.from(bytes).readUInt32BE(0));
    }
    after = entries.at(-1)!.position;
  }
}

describe.runIf(url)('with Redis', () => {
  describeReadingLog('Redis, one node', (options) => logUnderTest(url!, options));

  it('progress is refused to an owner whose partition was leased to another, even before that one commits', async () => {
    const { keys, clear } = ownRedisKeys(url!);
    const client = await connectRedis(url!);
    const options = { partitions: 1, durability: 'process', entriesMax: 10 } as const;
    const log = await openRedisReadingLog(client, keys, realClock, options);
    try {
      await client.set(keys.epoch(0), 8);
      expect(await log.commit(0, 7, { position: null, closedThroughMs: 1 })).toBe(false);
      expect(await log.commit(0, 8, { position: null, closedThroughMs: 1 })).toBe(true);
    } finally {
      await log.close();
      await clear();
    }
  });
});

describe.runIf(url)('with a Redis Cluster', () => {
  let redis: RedisProcess;
  let clusterUrl: string;
  beforeAll(async () => {
    redis = await RedisProcess.start(
      '--cluster-enabled',
      'yes',
      '--cluster-announce-ip',
      '127.0.0.1',
      '--appendonly',
      'yes',
      '--appendfsync',
      'no',
    );
    clusterUrl = await formCluster(redis);
  });
  afterAll(() => redis.dispose());

  describeReadingLog('Redis Cluster', (options) => logUnderTest(clusterUrl, options));

  it('an endpoint that looks like one node but refuses several slots at once is served slot by slot', async () => {
    const { log, dispose } = await logUnderTest(redis.url, { partitions: 4, entriesMax: 10 });
    try {
      const partitions = [0, 1, 2].map((partition) => ({ partition, records: [recordOf(partition)] }));
      const watermarks = new Map([1, 2, 3].map((device) => [device, { boot: 1, seq: device, startMs: 1 }]));
      await log.append({ receivedAtMs: 1, partitions, watermarks });
      for (const partition of [0, 1, 2]) expect(await readAll(log, partition)).toEqual([partition]);
      expect(await log.watermarksOf([1, 2, 3])).toEqual(watermarks);
    } finally {
      await log.close();
      await dispose();
    }
  });
});

describe.runIf(url)('with a Redis of its own', () => {
  const kept = ['--appendonly', 'yes', '--appendfsync', 'no'];

  async function withLog(settings: string[], test: (log: ReadingLog, redis: RedisProcess) => Promise<void>) {
    const redis = await RedisProcess.start(...settings);
    const { log } = await logUnderTest(redis.url, { partitions: 2, entriesMax: 1_000_000 });
    try {
      await test(log, redis);
    } finally {
      await log.close();
      await redis.dispose();
    }
  }

  it('nothing that was acknowledged is missing after kill -9 and a restart, and the log goes on by itself', async () => {
    await withLog(kept, async (log, redis) => {
      const acknowledged: number[] = [];
      let failed = false;
      let seq = 0;
      const appending = (async () => {
        while (!failed) {
          const first = seq;
          seq += 5;
          const records = [0, 1, 2, 3, 4].map((i) => recordOf(first + i));
          const watermarks = new Map([[1, { boot: 1, seq: first + 4, startMs: 1 }]]);
          try {
            await log.append({ receivedAtMs: 1, partitions: [{ partition: 1, records }], watermarks });
            acknowledged.push(first, first + 1, first + 2, first + 3, first + 4);
          } catch {
            failed = true;
          }
        }
      })();
      await expect.poll(() => acknowledged.length, { interval: 1, timeout: 60_000 }).toBeGreaterThan(2000);
      await redis.kill();
      await appending;
      const askedAtMs = performance.now();
      await expect(log.watermarksOf([1])).rejects.toThrow();
      expect(performance.now() - askedAtMs).toBeLessThan(1000);

      await redis.start();
      await expect
        .poll(() => log.watermarksOf([1]).catch(() => 'away'), { timeout: 60_000 })
        .not.toBe('away');
      const stored = new Set(await readAll(log, 1));
      expect(acknowledged.filter((one) => !stored.has(one))).toEqual([]);
      const watermark = (await log.watermarksOf([1])).get(1)!;
      expect(watermark.seq).toBeGreaterThanOrEqual(acknowledged.at(-1)!);
      expect(stored.has(watermark.seq)).toBe(true);
      await log.append({
        receivedAtMs: 2,
        partitions: [{ partition: 1, records: [recordOf(seq + 1)] }],
        watermarks: new Map(),
      });
      expect((await readAll(log, 1)).at(-1)).toBe(seq + 1);
    });
  });

  it('a full memory is LogFull, keeps nothing of that append, and can be drained', async () => {
    await withLog([...kept, '--maxmemory', '6mb', '--maxmemory-policy', 'noeviction'], async (log) => {
      let seq = 0;
      const append = () => {
        seq += 1;
        return log.append({
          receivedAtMs: 1,
          partitions: [0, 1].map((partition) => ({ partition, records: [recordOf(seq, 30_000)] })),
          watermarks: new Map([[seq, { boot: 1, seq, startMs: 1 }]]),
        });
      };
      let refusal: unknown;
      while (refusal === undefined && seq < 1000) {
        await append().catch((error: unknown) => {
          refusal = error;
        });
      }
      expect(refusal).toBeInstanceOf(LogFull);
      expect(await log.watermarksOf([seq])).toEqual(new Map());
      for (const partition of [0, 1]) expect((await readAll(log, partition)).at(-1)).toBe(seq - 1);

      const marks = await log.appendCloseOpen(2);
      for (const [partition, position] of marks) {
        expect(await log.commit(partition, 1, { position, closedThroughMs: 1 })).toBe(true);
        await log.trim(partition);
      }
      await append();
      expect(await readAll(log, 0)).toEqual([seq]);
    });
  });

  it('a paused Redis makes an append fail within the time for a command, not hang', async () => {
    const redis = await RedisProcess.start(...kept);
    const { keys } = ownRedisKeys(redis.url);
    const client = await connectRedis(redis.url, { commandTimeoutMs: 300 });
    const options = { partitions: 1, durability: 'process', entriesMax: 10 } as const;
    const log = await openRedisReadingLog(client, keys, realClock, options);
    try {
      process.kill(redis.pid, 'SIGSTOP');
      const append = log.append({
        receivedAtMs: 1,
        partitions: [{ partition: 0, records: [recordOf(1)] }],
        watermarks: new Map(),
      });
      await expect(append).rejects.toThrow(/timed out/);
    } finally {
      process.kill(redis.pid, 'SIGCONT');
      await log.close();
      await redis.dispose();
    }
  });
});

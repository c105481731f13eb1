import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Harness, settingsFor } from '../gateway/running-server.fixture.ts';
import { batchOf, recordOf } from '../ingest/reading-log-samples.fixture.ts';
import { createNullMeter } from '../observe/null-meter.ts';
import { realClock } from '../real-clock.ts';
import { connectRedis, type RedisClient } from './redis-connection.ts';
import { forgetInRedis } from './redis-forget.ts';
import { redisLayout } from './redis-layout.ts';
import { ownRedisKeys, RedisProcess } from './redis-service.fixture.ts';
import { type StoreLayout, settleLayout } from './store-layout.ts';
import { openStores } from './stores.ts';

const url = process.env.GAITWAY_REDIS_URL;
const LAYOUT: StoreLayout = {
  partitions: 4,
  windowMs: 60_000,
  windowOriginMs: 0,
  windowPhaseSpreadMs: 60_000,
};
const FIXED = { reuseOrigin: false };

describe.runIf(url)('the layout in Redis', () => {
  const harness = new Harness();
  let client: RedisClient;
  let own: ReturnType<typeof ownRedisKeys>;
  beforeEach(async () => {
    own = ownRedisKeys(url!);
    client = await connectRedis(url!);
  });
  afterEach(async () => {
    await harness.end();
    client.disconnect();
    await own.clear();
  });

  it('is that of the first server; one with another is refused', async () => {
    const keepers = [redisLayout(client, own.keys)];
    expect(await settleLayout(keepers, LAYOUT, FIXED)).toEqual(LAYOUT);
    for (const change of [{ partitions: 8 }, { windowMs: 5000 }, { windowPhaseSpreadMs: 0 }]) {
      await expect(settleLayout(keepers, { ...LAYOUT, ...change }, FIXED)).rejects.toMatchObject({
        code: 'redis_layout',
        message: expect.stringMatching(
          /^The pipeline in Redis \(.*:layout\) was begun with --.*another prefix \(--redis-prefix\)/,
        ),
      });
    }
    expect(await settleLayout(keepers, LAYOUT, FIXED)).toEqual(LAYOUT);
  });

  it('of an earlier version, which kept no windows, is completed', async () => {
    await client.hset(own.keys.layout(), { version: '2', partitions: '4' });
    const keepers = [redisLayout(client, own.keys)];
    await expect(settleLayout(keepers, { ...LAYOUT, partitions: 8 }, FIXED)).rejects.toThrow(
      /--partitions 4/,
    );
    await settleLayout(keepers, LAYOUT, FIXED);
    await expect(settleLayout(keepers, { ...LAYOUT, windowMs: 1000 }, FIXED)).rejects.toThrow(
      /--window-seconds 60/,
    );
  });

  it('of entries that are written in another way is refused', async () => {
    await client.hset(own.keys.layout(), { version: '1', partitions: '4' });
    await expect(settleLayout([redisLayout(client, own.keys)], LAYOUT, FIXED)).rejects.toMatchObject({
      code: 'redis_layout',
      message: expect.stringContaining('has layout 1; this server reads layout 2'),
    });
  });

  it('counts windows of servers that start together from one moment', async () => {
    const origins = await Promise.all(
      [1, 2, 3, 4].map(async (windowOriginMs) => {
        const keepers = [redisLayout(client, own.keys)];
        return (await settleLayout(keepers, { ...LAYOUT, windowOriginMs }, { reuseOrigin: true }))
          .windowOriginMs;
      }),
    );
    expect(new Set(origins).size).toBe(1);
    expect([1, 2, 3, 4]).toContain(origins[0]);
  });

  it.each(['on', 'off'] as const)('is what servers on it start by (cache %s)', async (cache) => {
    const settings = { redisUrl: url!, redisPrefix: own.prefix, cache, partitions: 4 };
    await (await harness.start(settings)).stop();
    await expect(harness.start({ ...settings, partitions: 8 })).rejects.toMatchObject({
      code: 'redis_layout',
      message: expect.stringContaining('--partitions 4'),
    });
  });

  it('is forgotten with everything else that stays of a pipeline', async () => {
    const settings = { redisUrl: url!, redisPrefix: own.prefix, partitions: 2, dataFolder: harness.folder() };
    const { log, leases, close } = await openStores(settingsFor(settings), realClock, createNullMeter());
    await log.append(batchOf(1, [recordOf('a', 1)], 1, new Map([[1, { boot: 1, seq: 1, startMs: 1 }]])));
    const marks = await log.appendCloseOpen(1);
    const lease = (await leases.acquire(1, 'owner', 60_000))!;
    await log.commit(1, lease.epoch, { position: marks.get(1)!, closedThroughMs: 1 });
    await leases.owners('owner', 1000);
    await leases.release(lease);
    await close();
    const kept = () => client.keys(`${own.prefix}:*`);
    expect((await kept()).length).toBeGreaterThan(5);
    await forgetInRedis(url!, own.prefix, settings.partitions);
    expect(await kept()).toEqual([]);
  });

  it('is read, and not written again, where the memory is full: the log can be emptied still', async () => {
    const redis = await RedisProcess.start('--appendonly', 'yes', '--appendfsync', 'no');
    harness.later(() => redis.dispose());
    const full = await connectRedis(redis.url);
    harness.later(() => full.disconnect());
    const keepers = [redisLayout(full, own.keys)];
    await settleLayout(keepers, LAYOUT, FIXED);
    if (!('config' in full)) throw new Error('one node was started');
    await full.config('SET', 'maxmemory', '1');
    expect(await settleLayout(keepers, LAYOUT, FIXED)).toEqual(LAYOUT);
  });
});

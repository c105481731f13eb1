import { describe, expect, it } from 'vitest';
import { connectRedis } from '../stores/redis-connection.ts';
import { RedisKeys } from '../stores/redis-keys.ts';
import { ownRedisKeys, RedisProcess } from '../stores/redis-service.fixture.ts';
import { describePartitionLeases } from './partition-leases.suite.ts';
import { RedisPartitionLeases } from './redis-partition-leases.ts';

const url = process.env.GAITWAY_REDIS_URL;

describe.runIf(url)('with Redis', () => {
  describePartitionLeases('Redis', async () => {
    const { keys, clear } = ownRedisKeys(url!);
    const clients = [await connectRedis(url!), await connectRedis(url!)] as const;
    const open = async () => new RedisPartitionLeases(clients[0], keys);
    return {
      one: await open(),
      other: new RedisPartitionLeases(clients[1], keys),
      ttlMs: 150,
      elapse: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs + 5)),
      reopen: open,
      dispose: async () => {
        for (const client of clients) client.disconnect();
        await clear();
      },
    };
  });

  it('a Redis that was killed and restarted gives no epoch twice; one that lost everything begins above', async () => {
    const redis = await RedisProcess.start('--appendonly', 'yes', '--appendfsync', 'no');
    const client = await connectRedis(redis.url);
    const leases = new RedisPartitionLeases(client, new RedisKeys());
    try {
      const before = (await leases.acquire(0, 'a', 60_000))!;
      await redis.kill();
      await redis.start();
      await expect
        .poll(() => leases.renew(before, 60_000).catch(() => 'away'), { timeout: 60_000 })
        .toBe(true);
      expect((await leases.acquire(0, 'a', 60_000))!.epoch).toBe(before.epoch + 1);

      await client.flushall();
      const secondsLater = expect.poll(() => Math.floor(Date.now() / 1000), {
        timeout: 60_000,
        interval: 50,
      });
      await secondsLater.toBeGreaterThan(before.epoch + 1);
      expect((await leases.acquire(0, 'a', 60_000))!.epoch).toBeGreaterThan(before.epoch + 1);
    } finally {
      client.disconnect();
      await redis.dispose();
    }
  });

  it('a Redis whose memory is full still gives leases, so that a full log can be emptied', async () => {
    const redis = await RedisProcess.start('--maxmemory', '4mb');
    const client = await connectRedis(redis.url);
    const leases = new RedisPartitionLeases(client, new RedisKeys());
    try {
      const fill = async () => {
        for (let i = 0; i < 100; i++) await client.set(`filler-${i}`, Buffer.alloc(200_000));
      };
      await expect(fill()).rejects.toThrow('OOM');
      const lease = (await leases.acquire(0, 'a', 60_000))!;
      expect(await leases.renew(lease, 60_000)).toBe(true);
      expect(await leases.owners('a', 60_000)).toEqual(['a']);
    } finally {
      client.disconnect();
      await redis.dispose();
    }
  });
});

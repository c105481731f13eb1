import { describe, expect, it } from 'vitest';
import { connectRedis } from '../redis-connection.ts';
import { RedisKeys } from '../redis-keys.ts';
import { ownRedisKeys, RedisProcess } from '../redis-service.fixture.ts';
import { describeCache } from './cache.suite.ts';
import { RedisCache } from './redis-cache.ts';

const url = process.env.GAITWAY_REDIS_URL;

describe.runIf(url)('with Redis', () => {
  describeCache('Redis', async () => {
    const { keys, clear } = ownRedisKeys(url!);
    const client = await connectRedis(url!);
    return {
      cache: new RedisCache(client, keys),
      elapse: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs + 5)),
      dispose: async () => {
        client.disconnect();
        await clear();
      },
    };
  });

  it('is all misses while Redis is away, says so, and is there again after', async () => {
    const redis = await RedisProcess.start();
    const client = await connectRedis(redis.url);
    let failures = 0;
    const cache = new RedisCache(client, new RedisKeys(), () => {
      failures += 1;
    });
    try {
      await cache.put('a', 1, 60_000);
      expect(await cache.get('a')).toBe(1);
      await redis.kill();
      expect(await cache.get('a')).toBeUndefined();
      await cache.put('b', 2, 60_000);
      await cache.invalidate(['a', 'b']);
      expect(failures).toBe(4);

      await redis.start();
      await expect
        .poll(() => cache.put('c', 3, 60_000).then(() => cache.get('c')), { timeout: 60_000 })
        .toBe(3);
    } finally {
      client.disconnect();
      await redis.dispose();
    }
  });

  it('a value that another program left under the key is a miss', async () => {
    const { keys, clear } = ownRedisKeys(url!);
    const client = await connectRedis(url!);
    try {
      const failures: unknown[] = [];
      const cache = new RedisCache(client, keys, (error) => failures.push(error));
      await client.set(keys.cached('a'), Buffer.of(0xd9, 0x50, 0x41));
      expect(await cache.get('a')).toBeUndefined();
      expect(failures).toHaveLength(1);
    } finally {
      client.disconnect();
      await clear();
    }
  });
});

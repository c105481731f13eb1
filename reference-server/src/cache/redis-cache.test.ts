import { uniform } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../observe/manual-clock.fixture.ts';
import { createNullMeter } from '../observe/null-meter.ts';
import { realClock } from '../real-clock.ts';
import { connectRedis, type RedisClient } from '../stores/redis-connection.ts';
import { RedisKeys } from '../stores/redis-keys.ts';
import { ownRedisKeys, RedisProcess } from '../stores/redis-service.fixture.ts';
import { ENTRY_OVERHEAD_BYTES, VALUE_BYTES_MAX } from './bounded-entries.ts';
import { describeCache } from './cache.suite.ts';
import { RedisCache } from './redis-cache.ts';

const url = process.env.GAITWAY_REDIS_URL;

function cacheOn(client: RedisClient, keys: RedisKeys, { clock = realClock, bytesMax = 1e7 } = {}) {
  const meter = createNullMeter();
  return { meter, cache: new RedisCache({ client, keys, clock, meter, bytesMax }) };
}

/** What lies in Redis, without Redis: its keys and values by name. Nothing expires in it. */
function storeInMemory() {
  const held = new Map<string, Buffer>();
  const client = {
    getBuffer: async (key: string) => held.get(key) ?? null,
    set: async (key: string, value: Buffer) => void held.set(key, value),
    unlink: async (key: string) => void held.delete(key),
  } as unknown as RedisClient;
  const bytes = () => [...held].reduce((sum, [key, value]) => sum + key.length + value.byteLength, 0);
  return { client, held, bytes };
}

describe('what one instance has in Redis', () => {
  it('is never above its bound, whatever is asked for', async () => {
    const { client, held, bytes } = storeInMemory();
    const { cache, meter } = cacheOn(client, new RedisKeys(), { bytesMax: 100_000 });
    for (let i = 0; i < 1000; i++) {
      await cache.put(
        `question ${i} ${'q'.repeat(uniform(1, i) * 1000)}`,
        'x'.repeat(uniform(2, i) * 5000),
        30_000,
      );
      expect(bytes()).toBeLessThanOrEqual(100_000);
      expect(meter.gaugeOf('cacheBytes')).toBeLessThanOrEqual(100_000);
    }
    expect(meter.countOf('cacheEvictions')).toBe(1000 - held.size);
    expect(held.size).toBeGreaterThan(10);
  });

  it('is never above it either when many put at the same time', async () => {
    const { client, bytes } = storeInMemory();
    const { cache } = cacheOn(client, new RedisKeys(), { bytesMax: 100_000 });
    await Promise.all(Array.from({ length: 500 }, (_, i) => cache.put(`k${i}`, 'x'.repeat(3000), 30_000)));
    expect(bytes()).toBeLessThanOrEqual(100_000);
  });

  it('loses first what was not asked for the longest', async () => {
    const { client } = storeInMemory();
    const bytesMax = 3 * (ENTRY_OVERHEAD_BYTES + 105);
    const { cache } = cacheOn(client, new RedisKeys(), { bytesMax });
    for (const key of ['a', 'b', 'c']) await cache.put(key, 'x'.repeat(98), 1000);
    await cache.get('a');
    await cache.put('d', 'x'.repeat(98), 1000);
    const held = await Promise.all(['a', 'b', 'c', 'd'].map((key) => cache.get(key)));
    expect(held.map((value) => value !== undefined)).toEqual([true, false, true, true]);
  });

  it('counts no more once its time is up, which is no eviction', async () => {
    const { client } = storeInMemory();
    const clock = createManualClock();
    const { cache, meter } = cacheOn(client, new RedisKeys(), { clock, bytesMax: 2000 });
    for (let i = 0; i < 100; i++) {
      await cache.put(`k${i}`, 'x'.repeat(1200), 1000);
      clock.passMs(1000);
    }
    expect(meter.countOf('cacheEvictions')).toBe(0);
    expect(meter.gaugeOf('cacheBytes')).toBeLessThanOrEqual(2000);
  });

  it('has nothing of a value that is too large, nor what it was before', async () => {
    const { client, held } = storeInMemory();
    const { cache, meter } = cacheOn(client, new RedisKeys());
    await cache.put('a', 1, 1000);
    await cache.put('a', 'x'.repeat(VALUE_BYTES_MAX), 1000);
    expect(held.size).toBe(0);
    expect(meter.countOf('cacheSkips')).toBe(1);
  });
});

describe.runIf(url)('with Redis', () => {
  describeCache('Redis', async () => {
    const { keys, clear } = ownRedisKeys(url!);
    const client = await connectRedis(url!);
    return {
      cache: cacheOn(client, keys).cache,
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
    const { cache, meter } = cacheOn(client, new RedisKeys());
    try {
      await cache.put('a', 1, 60_000);
      expect(await cache.get('a')).toBe(1);
      await redis.kill();
      expect(await cache.get('a')).toBeUndefined();
      await cache.put('b', 2, 60_000);
      await cache.invalidate(['a', 'b']);
      expect(meter.countOf('cacheFailures')).toBe(4);

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
      const { cache, meter } = cacheOn(client, keys);
      await client.set(keys.cached('a'), Buffer.of(0xd9, 0x50, 0x41));
      expect(await cache.get('a')).toBeUndefined();
      expect(meter.countOf('cacheFailures')).toBe(1);
    } finally {
      client.disconnect();
      await clear();
    }
  });
});

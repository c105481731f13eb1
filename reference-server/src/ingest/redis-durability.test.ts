import { afterEach, describe, expect, it } from 'vitest';
import { connectRedis } from '../stores/redis-connection.ts';
import { RedisProcess } from '../stores/redis-service.fixture.ts';
import type { DurabilityLevel } from './reading-log.ts';
import { checkRedisDurability } from './redis-durability.ts';

describe.runIf(process.env.GAITWAY_REDIS_URL)('what a Redis keeps', () => {
  const started: RedisProcess[] = [];
  afterEach(async () => {
    for (const redis of started.splice(0)) await redis.dispose();
  });

  async function check(asked: DurabilityLevel, ...settings: string[]) {
    const redis = await RedisProcess.start(...settings);
    started.push(redis);
    const client = await connectRedis(redis.url);
    try {
      return await checkRedisDurability(client, asked);
    } finally {
      client.disconnect();
    }
  }

  it.each([
    { appendfsync: 'no', asked: 'process', level: 'process' },
    { appendfsync: 'always', asked: 'process', level: 'machine' },
    { appendfsync: 'always', asked: 'machine', level: 'machine' },
  ] as const)('appendfsync $appendfsync, asked for $asked: $level', async ({ appendfsync, asked, level }) => {
    const found = await check(asked, '--appendonly', 'yes', '--appendfsync', appendfsync);
    expect(found).toMatchObject({ level, known: 'checked' });
    expect(found.detail).toContain(`appendfsync ${appendfsync}`);
  });

  it.each([
    {
      settings: ['--appendonly', 'no'],
      asked: 'process',
      says: 'Set appendonly yes and appendfsync no, or always.',
    },
    {
      settings: ['--appendonly', 'yes', '--appendfsync', 'everysec'],
      asked: 'process',
      says: 'Set appendonly yes and appendfsync no, or always.',
    },
    {
      settings: ['--appendonly', 'yes', '--appendfsync', 'no'],
      asked: 'machine',
      says:
        'Set appendonly yes and appendfsync always (with Redis the durability "machine" is to be had in this way ' +
        'only: replicas are not waited for), or ask for the durability "process".',
    },
  ] as const)('$settings, asked for $asked: refused', async ({ settings, asked, says }) => {
    await expect(check(asked, ...settings)).rejects.toMatchObject({
      code: 'redis_not_durable',
      message: expect.stringContaining(says),
    });
  });

  it('a Redis that evicts is refused, whatever else it keeps', async () => {
    const settings = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'allkeys-lru'];
    await expect(check('process', ...settings)).rejects.toMatchObject({
      code: 'redis_evicts',
      message: expect.stringContaining('maxmemory-policy allkeys-lru'),
    });
  });

  it('a Redis that keeps its configuration to itself is taken at its word, but never when it evicts', async () => {
    const hidden = ['--rename-command', 'CONFIG', ''];
    expect(await check('machine', ...hidden)).toMatchObject({ level: 'machine', known: 'declared' });
    await expect(check('process', ...hidden, '--maxmemory-policy', 'volatile-ttl')).rejects.toMatchObject({
      code: 'redis_evicts',
    });
  });
});

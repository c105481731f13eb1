import { describe, expect, it } from 'vitest';
import { connectRedis, type RedisClient } from '../stores/redis-connection.ts';
import { RedisKeys } from '../stores/redis-keys.ts';
import { formCluster, ownRedisKeys, RedisProcess } from '../stores/redis-service.fixture.ts';
import { describeJobQueue, HELD_MAX, jobOf } from './job-queue.suite.ts';
import { ATTEMPTS_MAX } from './job-queue.ts';
import { RedisJobQueue } from './redis-job-queue.ts';

const url = process.env.GAITWAY_REDIS_URL;
const warnings: string[] = [];
const queueOver = (client: RedisClient, keys: RedisKeys, leaseMs: number, owner = 'owner') =>
  new RedisJobQueue(client, keys, { owner, heldMax: HELD_MAX, leaseMs, warn: (says) => warnings.push(says) });

describe.runIf(url)('with Redis', () => {
  async function open(leaseMs: number) {
    const { keys, clear } = ownRedisKeys(url!);
    const clients = [await connectRedis(url!), await connectRedis(url!)];
    const queues = clients.map((client, at) => queueOver(client, keys, leaseMs, `owner ${at}`));
    const dispose = async () => {
      for (const queue of queues) await queue.close();
      for (const client of clients) client.disconnect();
      await clear();
    };
    return { one: queues[0]!, other: queues[1]!, dispose };
  }
  describeJobQueue('Redis', () => open(600_000));

  it('gives a job whose worker died to another, which alone can finish it', async () => {
    const { one, other, dispose } = await open(50);
    try {
      await one.enqueue(jobOf('a'));
      const lost = (await one.take())!;
      await expect.poll(() => other.take(), { timeout: 60_000 }).toEqual({ job: jobOf('a'), attempt: 2 });
      expect(await one.finish(lost)).toBe(false);
      expect(await one.renew(lost)).toBe(false);
      expect(await other.enqueue(jobOf('a', 2))).toBe('known');
    } finally {
      await dispose();
    }
  });

  it('gives up a job that was taken too often, and its lane is free', async () => {
    const { one, dispose } = await open(20);
    try {
      await one.enqueue(jobOf('a'));
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        await expect.poll(() => one.take(), { timeout: 60_000 }).toMatchObject({ attempt });
      }
      await expect
        .poll(async () => [await one.take(), await one.held()], { timeout: 60_000 })
        .toEqual([null, 0]);
      expect(warnings.join()).toMatch(/insight of a is given up/);
      expect(await one.enqueue(jobOf('a'))).toBe('queued');
    } finally {
      await dispose();
    }
  });

  it('works on a Cluster, where a script touches keys of one node alone', async () => {
    const redis = await RedisProcess.start(
      ...['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
    );
    const client = await connectRedis(await formCluster(redis));
    try {
      const queue = queueOver(client, new RedisKeys(), 600_000);
      await queue.enqueue(jobOf('a'));
      const taken = (await queue.take())!;
      expect(await queue.renew(taken)).toBe(true);
      expect(await queue.finish(taken)).toBe(true);
      await queue.close();
    } finally {
      client.disconnect();
      await redis.dispose();
    }
  });
});

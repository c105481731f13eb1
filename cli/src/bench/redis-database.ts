import { withoutPassword } from '@gaitway/reference-server';
import { Redis } from 'ioredis';

/** A database of the named Redis that was empty, so that a benchmark or a test may fill it and empty it again. */
export interface RedisDatabase {
  url: string;
  /** CPU that Redis used since its start. */
  cpuMicros(): Promise<number>;
  release(): Promise<void>;
}

const HIGHEST_DATABASE = 15;
/** With it a database is not empty for anybody else. It expires, should its owner be killed. */
const IN_USE = { key: 'gaitway-database-in-use', seconds: 3600 };

/** Throws when no database of this Redis is empty: what is there belongs to somebody. */
export async function emptyRedisDatabase(url: string): Promise<RedisDatabase> {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null });
  client.on('error', () => {});
  await client.connect();
  for (let number = HIGHEST_DATABASE; number >= 0; number--) {
    if (!(await takeIfEmpty(client, number))) continue;
    const own = new URL(url);
    own.pathname = `/${number}`;
    return {
      url: own.href,
      async cpuMicros() {
        const info = await client.info('cpu');
        const seconds = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
        return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6;
      },
      async release() {
        await client.flushdb();
        client.disconnect();
      },
    };
  }
  client.disconnect();
  throw new Error(
    `no database of the Redis at ${withoutPassword(url)} is empty, and what is there belongs to somebody: name another one in GAITWAY_REDIS_URL, or empty one with redis-cli -n NUMBER flushdb`,
  );
}

async function takeIfEmpty(client: Redis, number: number): Promise<boolean> {
  try {
    await client.select(number);
  } catch {
    // This Redis has fewer.
    return false;
  }
  if ((await client.dbsize()) > 0) return false;
  return (await client.set(IN_USE.key, process.pid, 'EX', IN_USE.seconds, 'NX')) === 'OK';
}

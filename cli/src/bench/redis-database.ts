import { Redis } from 'ioredis';

/** A database of the named Redis that was empty, so that a benchmark may fill it and empty it again. */
export interface RedisDatabase {
  url: string;
  /** CPU that Redis used since its start. */
  cpuMicros(): Promise<number>;
  release(): Promise<void>;
}

const HIGHEST_DATABASE = 15;

/** Throws when no database of this Redis is empty: what is there belongs to somebody. */
export async function emptyRedisDatabase(url: string): Promise<RedisDatabase> {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null });
  client.on('error', () => {});
  await client.connect();
  for (let number = HIGHEST_DATABASE; number >= 0; number--) {
    await client.select(number);
    if ((await client.dbsize()) > 0) continue;
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
    'no database of the Redis at GAITWAY_REDIS_URL is empty: name one that the benchmark may fill',
  );
}

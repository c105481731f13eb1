import { Packr } from 'msgpackr';
import type { RedisClient } from '../redis-connection.ts';
import type { RedisKeys } from '../redis-keys.ts';
import type { Cache } from './cache.ts';

/**
 * A cache that all instances share. Values expire by Redis' own clock. Redis never evicts them (it holds the
 * reading log too and must not evict), so their time to live is what bounds them. When Redis fails, a look-up
 * is a miss and a write is left out; `failed` is told, so that somebody counts it. After an invalidation that
 * failed, a value is stale until its time is up: that is what the port promises.
 */
export class RedisCache implements Cache {
  private readonly client: RedisClient;
  private readonly keys: RedisKeys;
  private readonly failed: (error: unknown) => void;
  private readonly packr = new Packr({ useRecords: false });

  constructor(client: RedisClient, keys: RedisKeys, failed: (error: unknown) => void = () => {}) {
    this.client = client;
    this.keys = keys;
    this.failed = failed;
  }

  async get(key: string): Promise<unknown | undefined> {
    try {
      const bytes = await this.client.getBuffer(this.keys.cached(key));
      return bytes === null ? undefined : this.packr.unpack(bytes);
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  async put(key: string, value: unknown, ttlMs: number): Promise<void> {
    try {
      await this.client.set(this.keys.cached(key), this.packr.pack(value), 'PX', Math.ceil(ttlMs));
    } catch (error) {
      this.failed(error);
    }
  }

  async invalidate(keys: readonly string[]): Promise<void> {
    // One command each: in a Cluster they lie on different nodes. They leave in one write all the same.
    await Promise.all(
      keys.map((key) =>
        this.client.unlink(this.keys.cached(key)).catch((error: unknown) => this.failed(error)),
      ),
    );
  }

  /** The client belongs to whoever connected it. */
  async close(): Promise<void> {}
}

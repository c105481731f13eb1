import type { Clock } from '@gaitway/contract';
import { Packr } from 'msgpackr';
import type { Counter, Meter } from '../observe/meter.ts';
import type { RedisClient } from '../stores/redis-connection.ts';
import type { RedisKeys } from '../stores/redis-keys.ts';
import { BoundedEntries } from './bounded-entries.ts';
import type { Cache } from './cache.ts';

export interface RedisCacheDeps {
  client: RedisClient;
  keys: RedisKeys;
  clock: Clock;
  meter: Meter;
  /** What this instance may have in Redis at once. */
  bytesMax: number;
}

/**
 * A cache that all instances share. Values expire by Redis' own clock. Redis never evicts them (it holds the
 * reading log too and must not evict), so each instance bounds what it put: it remembers key, size and time of
 * each, and takes out what it has not used for the longest before it puts more than `bytesMax`. So all that is
 * there is at most the instances times `bytesMax`, and what instances left that were ended, until it expires.
 * When Redis fails, a look-up is a miss and a write is left out, and both are counted. After an invalidation
 * that failed, a value is stale until its time is up: that is what the port promises.
 */
export class RedisCache implements Cache {
  readonly #client: RedisClient;
  readonly #keys: RedisKeys;
  readonly #failures: Counter;
  /** What this instance put and that may still be there. The values themselves are in Redis. */
  readonly #own: BoundedEntries<true>;
  readonly #packr = new Packr({ useRecords: false });

  constructor({ client, keys, clock, meter, bytesMax }: RedisCacheDeps) {
    this.#client = client;
    this.#keys = keys;
    this.#failures = meter.counter('cacheFailures');
    this.#own = new BoundedEntries(bytesMax, clock, meter);
  }

  async get(key: string): Promise<unknown | undefined> {
    this.#own.use(key);
    try {
      const bytes = await this.#client.getBuffer(this.#keys.cached(key));
      return bytes === null ? undefined : this.#packr.unpack(bytes);
    } catch {
      this.#failures.add();
      return undefined;
    }
  }

  async put(key: string, value: unknown, ttlMs: number): Promise<void> {
    const bytes = this.#packr.pack(value);
    // Before it is there: what is put is never above the bound, also for those who put at the same time.
    const evicted = this.#own.put(key, true, bytes.byteLength, ttlMs);
    // What is too large is not kept, and nor is what was under its key.
    if (evicted === undefined) return this.#unlink([key]);
    await Promise.all([
      this.#unlink(evicted),
      this.#counted(this.#client.set(this.#keys.cached(key), bytes, 'PX', Math.ceil(ttlMs))),
    ]);
  }

  async invalidate(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#own.remove(key);
    await this.#unlink(keys);
  }

  /** The client belongs to whoever connected it. */
  async close(): Promise<void> {}

  async #unlink(keys: readonly string[]): Promise<void> {
    // One command each: in a Cluster they lie on different nodes. They leave in one write all the same.
    await Promise.all(keys.map((key) => this.#counted(this.#client.unlink(this.#keys.cached(key)))));
  }

  async #counted(command: Promise<unknown>): Promise<void> {
    try {
      await command;
    } catch {
      this.#failures.add();
    }
  }
}

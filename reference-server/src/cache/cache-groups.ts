import type { Clock } from '@gaitway/contract';
import type { Counter, Histogram, Meter } from '../observe/meter.ts';
import type { Cache } from './cache.ts';

export interface CacheGroupsDeps {
  cache: Cache;
  clock: Clock;
  meter: Meter;
  /** How long a value may be served. */
  ttlMs: number;
  /** Different for each server process that shares the cache, and for each of its starts. */
  processId: string;
}

/** What lies in the cache: the value, and the version of its group when it was read from the archive. */
interface Entry {
  version: string;
  value: unknown;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && 'version' in value && 'value' in value;
}

/** A version outlives the values under it, so that one that is still read does not lose them with it. */
const VERSION_TTL_FACTOR = 20;

/**
 * Cached values in groups that become invalid together ("the windows of patient p").
 *
 * Each group has a version in the cache, a text that is never used twice. A value is kept with the version
 * that was there *before* it was read from the archive, and counts only while that is still the version.
 * Whoever writes to the archive then deletes the version. So a slow read cannot bring an old value back:
 *
 *     reader:  version 7 ... reads the old document ................ keeps it under version 7
 *     writer:                          writes, deletes the version
 *     reader:                                                        no version: reads again, under version 8
 *
 * It holds for instances that share one cache, and whatever the cache drops: nothing depends on an entry
 * that stays. What it leaves out: when a deletion cannot reach the cache, or the writer dies before it, the
 * old value is served until its time is up.
 */
export class CacheGroups {
  readonly #deps: CacheGroupsDeps;
  readonly #hits: Counter;
  readonly #misses: Counter;
  readonly #invalidations: Counter;
  readonly #duration: Histogram;
  readonly #loading = new Map<string, Promise<unknown>>();
  readonly #versionPrefix: string;
  #versions = 0;

  constructor(deps: CacheGroupsDeps) {
    this.#deps = deps;
    this.#hits = deps.meter.counter('cacheRequests', { outcome: 'hit' });
    this.#misses = deps.meter.counter('cacheRequests', { outcome: 'miss' });
    this.#invalidations = deps.meter.counter('cacheInvalidations');
    this.#duration = deps.meter.histogram('cacheDuration');
    this.#versionPrefix = `${deps.processId}.${deps.clock.epochMs()}.`;
  }

  /** The value under `key`; read with `load` when it is not there. Those who ask at the same time share one load. */
  async through<Value>(group: string, key: string, load: () => Promise<Value>): Promise<Value> {
    const { version, values } = await this.lookUp(group, [key]);
    if (values[0] !== undefined) return values[0] as Value;
    const current = version ?? (await this.begin(group));
    return this.once(`${current} ${key}`, async () => {
      const value = await load();
      await this.keep(current, key, value);
      return value;
    });
  }

  /** The group's version, and its values under these keys, `undefined` where there is none that counts. */
  async lookUp(
    group: string,
    keys: readonly string[],
  ): Promise<{ version: string | undefined; values: (unknown | undefined)[] }> {
    const { cache, clock } = this.#deps;
    const startedMs = clock.monotonicMs();
    const [version, ...entries] = await Promise.all([
      cache.get(versionKey(group)),
      ...keys.map((key) => cache.get(key)),
    ]);
    this.#duration.record((clock.monotonicMs() - startedMs) / 1000);
    const values = entries.map((entry) =>
      version !== undefined && isEntry(entry) && entry.version === version ? entry.value : undefined,
    );
    const hits = values.filter((value) => value !== undefined).length;
    this.#hits.add(hits);
    this.#misses.add(keys.length - hits);
    return { version: typeof version === 'string' ? version : undefined, values };
  }

  /** Gives the group a new version. It must have resolved before the archive is read for this version. */
  async begin(group: string): Promise<string> {
    const { cache, ttlMs } = this.#deps;
    const version = `${this.#versionPrefix}${++this.#versions}`;
    await cache.put(versionKey(group), version, ttlMs * VERSION_TTL_FACTOR);
    return version;
  }

  /** Keeps a value that was read while `version` was the group's version. */
  async keep(version: string, key: string, value: unknown): Promise<void> {
    const entry: Entry = { version, value };
    await this.#deps.cache.put(key, entry, this.#deps.ttlMs);
  }

  /** Runs `load`, or joins the one that is under way for the same purpose. */
  async once<Value>(purpose: string, load: () => Promise<Value>): Promise<Value> {
    const underWay = this.#loading.get(purpose);
    if (underWay !== undefined) return underWay as Promise<Value>;
    const started = load().finally(() => this.#loading.delete(purpose));
    this.#loading.set(purpose, started);
    return started;
  }

  async invalidate(groups: Iterable<string>): Promise<void> {
    const keys = [...new Set(groups)].map(versionKey);
    this.#invalidations.add(keys.length);
    await this.#deps.cache.invalidate(keys);
  }
}

function versionKey(group: string): string {
  return `version:${group}`;
}

import type { Clock } from '@gaitway/contract';
import type { Counter, Gauge, Meter } from '../observe/meter.ts';

interface Entry<Kept> {
  kept: Kept;
  expiresAtMs: number;
  costBytes: number;
}

/**
 * What an entry takes beside its key and value: a map slot, the entry, an array buffer and its view.
 * An estimate: 100,000 entries of 1000 bytes took 430 bytes each beyond key and value on Node 20. What Redis
 * keeps of a key with a time to live is less.
 */
export const ENTRY_OVERHEAD_BYTES = 430;

/** A larger value is not cached: it would push out hundreds that are asked for more often. */
export const VALUE_BYTES_MAX = 1024 * 1024;

/**
 * The entries of a cache, bounded in bytes. When they are full the entry that was not asked for the longest goes
 * first: a `Map` keeps its keys in order of insertion, so an entry that is used moves to the end, and the first
 * one is the oldest. `Kept` is what the cache keeps of an entry here: its bytes, or nothing where they lie elsewhere.
 */
export class BoundedEntries<Kept> {
  readonly #bytesMax: number;
  readonly #clock: Clock;
  readonly #evictions: Counter;
  readonly #skips: Counter;
  readonly #held: Gauge;
  readonly #entries = new Map<string, Entry<Kept>>();
  #bytes = 0;

  constructor(bytesMax: number, clock: Clock, meter: Meter) {
    this.#bytesMax = bytesMax;
    this.#clock = clock;
    this.#evictions = meter.counter('cacheEvictions');
    this.#skips = meter.counter('cacheSkips');
    this.#held = meter.gauge('cacheBytes');
  }

  /** Bytes that are held now, never above the bound. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What is kept under `key`, unless its time is up. */
  use(key: string): Kept | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#isOver(entry)) {
      this.remove(key);
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.kept;
  }

  /**
   * Takes an entry of `valueBytes` in, in place of an older one under the same key. Returns the keys that had to
   * go for it before their time was up; `undefined`: it is too large, and now nothing is under the key.
   */
  put(key: string, kept: Kept, valueBytes: number, ttlMs: number): string[] | undefined {
    this.remove(key);
    const costBytes = valueBytes + 2 * key.length + ENTRY_OVERHEAD_BYTES;
    if (valueBytes > VALUE_BYTES_MAX || costBytes > this.#bytesMax) {
      this.#skips.add();
      return undefined;
    }
    const evicted: string[] = [];
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes + costBytes <= this.#bytesMax) break;
      this.remove(oldest);
      if (!this.#isOver(entry)) evicted.push(oldest);
    }
    this.#entries.set(key, { kept, expiresAtMs: this.#clock.monotonicMs() + ttlMs, costBytes });
    this.#bytes += costBytes;
    this.#held.set(this.#bytes);
    this.#evictions.add(evicted.length);
    return evicted;
  }

  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.costBytes;
    this.#held.set(this.#bytes);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
    this.#held.set(0);
  }

  #isOver({ expiresAtMs }: Entry<Kept>): boolean {
    return expiresAtMs <= this.#clock.monotonicMs();
  }
}

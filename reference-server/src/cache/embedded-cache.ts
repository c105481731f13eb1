import type { Clock } from '@gaitway/contract';
import { Packr } from 'msgpackr';
import type { Counter, Gauge, Meter } from '../observe/meter.ts';
import type { Cache } from './cache.ts';

interface Entry {
  bytes: Uint8Array;
  expiresAtMs: number;
  costBytes: number;
}

/**
 * What an entry takes beside its key and value: a map slot, the entry, an array buffer and its view.
 * An estimate: 100,000 entries of 1000 bytes took 430 bytes each beyond key and value on Node 20.
 */
export const ENTRY_OVERHEAD_BYTES = 430;

/**
 * A cache inside the process, bounded in bytes. Values are kept serialised: their size is then known and not
 * guessed, nobody can change what another will read, and the garbage collector has nothing to walk.
 * When it is full the entry that was not asked for the longest goes first: a `Map` keeps its keys in order of
 * insertion, so an entry that is used moves to the end, and the first one is the oldest.
 */
export class EmbeddedCache implements Cache {
  readonly #bytesMax: number;
  readonly #clock: Clock;
  readonly #evictions: Counter;
  readonly #held: Gauge;
  readonly #entries = new Map<string, Entry>();
  /**
   * Shapes of objects are kept once, here, and not in every value: ten window documents are then read back in a
   * tenth of the time and take a third of the bytes. Nobody else reads what this one wrote.
   */
  readonly #packr = new Packr({ useRecords: true, structures: [] });
  #bytes = 0;

  constructor(bytesMax: number, clock: Clock, meter: Meter) {
    this.#bytesMax = bytesMax;
    this.#clock = clock;
    this.#evictions = meter.counter('cacheEvictions');
    this.#held = meter.gauge('cacheBytes');
  }

  /** Bytes that are held now, never above the bound. */
  get bytes(): number {
    return this.#bytes;
  }

  async get(key: string): Promise<unknown | undefined> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.expiresAtMs <= this.#clock.monotonicMs()) {
      this.#bytes -= entry.costBytes;
      this.#held.set(this.#bytes);
      return undefined;
    }
    this.#entries.set(key, entry);
    return this.#packr.unpack(entry.bytes);
  }

  async put(key: string, value: unknown, ttlMs: number): Promise<void> {
    this.#remove(key);
    // The packer's result lies in a larger buffer that would be kept alive with it: this copies it out.
    const bytes = new Uint8Array(this.#packr.pack(value));
    const costBytes = bytes.byteLength + 2 * key.length + ENTRY_OVERHEAD_BYTES;
    if (costBytes <= this.#bytesMax) {
      while (this.#bytes + costBytes > this.#bytesMax) this.#evictOldest();
      this.#entries.set(key, { bytes, expiresAtMs: this.#clock.monotonicMs() + ttlMs, costBytes });
      this.#bytes += costBytes;
    }
    this.#held.set(this.#bytes);
  }

  async invalidate(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#remove(key);
    this.#held.set(this.#bytes);
  }

  async close(): Promise<void> {
    this.#entries.clear();
    this.#bytes = 0;
    this.#held.set(0);
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.costBytes;
  }

  #evictOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#remove(key);
      this.#evictions.add();
      return;
    }
  }
}

import type { Clock } from '@gaitway/contract';
import { Packr } from 'msgpackr';
import type { Meter } from '../observe/meter.ts';
import { BoundedEntries } from './bounded-entries.ts';
import type { Cache } from './cache.ts';

/**
 * A cache inside the process, bounded in bytes. Values are kept serialised: their size is then known and not
 * guessed, nobody can change what another will read, and the garbage collector has nothing to walk.
 */
export class EmbeddedCache implements Cache {
  readonly #entries: BoundedEntries<Uint8Array>;
  /**
   * Shapes of objects are kept once, here, and not in every value: ten window documents are then read back in a
   * tenth of the time and take a third of the bytes. Nobody else reads what this one wrote.
   */
  readonly #packr = new Packr({ useRecords: true, structures: [] });

  constructor(bytesMax: number, clock: Clock, meter: Meter) {
    this.#entries = new BoundedEntries(bytesMax, clock, meter);
  }

  /** Bytes that are held now, never above the bound. */
  get bytes(): number {
    return this.#entries.bytes;
  }

  async get(key: string): Promise<unknown | undefined> {
    const bytes = this.#entries.use(key);
    return bytes === undefined ? undefined : this.#packr.unpack(bytes);
  }

  async put(key: string, value: unknown, ttlMs: number): Promise<void> {
    // The packer's result lies in a larger buffer that would be kept alive with it: this copies it out.
    const bytes = new Uint8Array(this.#packr.pack(value));
    this.#entries.put(key, bytes, bytes.byteLength, ttlMs);
  }

  async invalidate(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#entries.remove(key);
  }

  async close(): Promise<void> {
    this.#entries.clear();
  }
}

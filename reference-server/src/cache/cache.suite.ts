import { afterEach, describe, expect, it } from 'vitest';
import { documentOf } from '../archive/documents.fixture.ts';
import type { Cache } from './cache.ts';

/** An empty cache, and how the test lets its time pass. */
export interface CacheUnderTest {
  cache: Cache;
  /** Lets at least this much time pass in the store. */
  elapse: (durationMs: number) => Promise<void>;
  dispose: () => Promise<void>;
}

const LONG_MS = 600_000;
/** Short enough to be waited for in a store that has its own clock. */
const SHORT_MS = 40;

/** The behaviour of every cache that keeps something. */
export function describeCache(name: string, make: () => Promise<CacheUnderTest>): void {
  describe(`cache: ${name}`, () => {
    let opened: CacheUnderTest[] = [];
    afterEach(async () => {
      for (const made of opened) await made.dispose();
      opened = [];
    });

    async function open(): Promise<CacheUnderTest> {
      const made = await make();
      opened.push(made);
      return made;
    }

    it('gives back what was put, in every kind of value that the archive has', async () => {
      const { cache } = await open();
      const values: unknown[] = [
        null,
        0,
        -1.5,
        1_700_000_040_123,
        '',
        'ä€😀',
        true,
        [],
        [1, [2, null]],
        { a: { b: [{}] } },
        [documentOf('a', 0), documentOf('b', 1)],
      ];
      for (const [i, value] of values.entries()) await cache.put(`k${i}`, value, LONG_MS);
      for (const [i, value] of values.entries()) expect(await cache.get(`k${i}`)).toStrictEqual(value);
    });

    it('has nothing under a key that was never put', async () => {
      const { cache } = await open();
      await cache.put('a', 1, LONG_MS);
      for (const key of ['b', '', 'A', 'a ']) expect(await cache.get(key)).toBeUndefined();
    });

    it('takes any text as a key', async () => {
      const { cache } = await open();
      const keys = ['a:b', 'a b', '{a}', 'ä\n€', '__proto__', 'x'.repeat(500)];
      for (const [i, key] of keys.entries()) await cache.put(key, i, LONG_MS);
      for (const [i, key] of keys.entries()) expect(await cache.get(key)).toBe(i);
    });

    it('gives the value that was put last', async () => {
      const { cache } = await open();
      await cache.put('a', { first: 1 }, LONG_MS);
      await cache.put('a', [2], LONG_MS);
      expect(await cache.get('a')).toStrictEqual([2]);
    });

    it('is not changed by what a reader or the writer does to a value', async () => {
      const { cache } = await open();
      const value = { list: [1] };
      await cache.put('a', value, LONG_MS);
      value.list.push(2);
      ((await cache.get('a')) as typeof value).list.push(3);
      expect(await cache.get('a')).toStrictEqual({ list: [1] });
    });

    it('forgets what is invalidated, and only that', async () => {
      const { cache } = await open();
      for (const key of ['a', 'b', 'c']) await cache.put(key, key, LONG_MS);
      await cache.invalidate(['a', 'c', 'never put']);
      await cache.invalidate([]);
      expect(await cache.get('a')).toBeUndefined();
      expect(await cache.get('b')).toBe('b');
      expect(await cache.get('c')).toBeUndefined();
      await cache.put('a', 'again', LONG_MS);
      expect(await cache.get('a')).toBe('again');
    });

    it('forgets a value when its time is up, and a second put gives it new time', async () => {
      const { cache, elapse } = await open();
      await cache.put('short', 1, SHORT_MS);
      await cache.put('long', 2, LONG_MS);
      await cache.put('renewed', 3, SHORT_MS);
      await cache.put('renewed', 4, LONG_MS);
      expect(await cache.get('long')).toBe(2);
      for (let waits = 0; waits < 100 && (await cache.get('short')) !== undefined; waits++)
        await elapse(SHORT_MS);
      expect(await cache.get('short')).toBeUndefined();
      expect(await cache.get('long')).toBe(2);
      expect(await cache.get('renewed')).toBe(4);
    });
  });
}

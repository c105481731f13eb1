import { uniform } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../observe/manual-clock.fixture.ts';
import { createNullMeter } from '../observe/null-meter.ts';
import { ENTRY_OVERHEAD_BYTES, VALUE_BYTES_MAX } from './bounded-entries.ts';
import { describeCache } from './cache.suite.ts';
import { EmbeddedCache } from './embedded-cache.ts';
import { OFF_CACHE } from './off-cache.ts';

function open(bytesMax = 1e6) {
  const clock = createManualClock();
  const meter = createNullMeter();
  return { clock, meter, cache: new EmbeddedCache(bytesMax, clock, meter) };
}

describeCache('embedded', async () => {
  const { cache, clock } = open();
  return { cache, elapse: async (ms) => clock.passMs(ms), dispose: () => cache.close() };
});

describe('the embedded cache', () => {
  it('is never above its bound, whatever is put', async () => {
    const { cache, meter } = open(20_000);
    for (let i = 0; i < 2000; i++) {
      const key = `k${Math.floor(uniform(1, i) * 300)}`;
      if (uniform(2, i) < 0.1) await cache.invalidate([key]);
      else await cache.put(key, 'x'.repeat(Math.floor(uniform(3, i) ** 4 * 30_000)), 1000);
      expect(cache.bytes).toBeLessThanOrEqual(20_000);
      expect(cache.bytes).toBeGreaterThanOrEqual(0);
      expect(meter.gaugeOf('cacheBytes')).toBe(cache.bytes);
    }
    expect(meter.countOf('cacheEvictions')).toBeGreaterThan(0);
    await cache.invalidate(Array.from({ length: 300 }, (_, i) => `k${i}`));
    expect(cache.bytes).toBe(0);
  });

  it('evicts the entry that was not asked for the longest', async () => {
    const { cache, meter } = open(4 * (ENTRY_OVERHEAD_BYTES + 103));
    const value = 'x'.repeat(98);
    for (const key of ['a', 'b', 'c', 'd']) await cache.put(key, value, 1000);
    await cache.get('a');
    await cache.put('e', value, 1000);
    expect(meter.countOf('cacheEvictions')).toBe(1);
    expect(await cache.get('b')).toBeUndefined();
    for (const key of ['a', 'c', 'd', 'e']) expect(await cache.get(key)).toBe(value);
  });

  it('does not throw everything out for a value that could never fit', async () => {
    const { cache, meter } = open(2000);
    await cache.put('a', 1, 1000);
    await cache.put('b', 'x'.repeat(5000), 1000);
    expect(await cache.get('a')).toBe(1);
    expect(await cache.get('b')).toBeUndefined();
    expect(meter.countOf('cacheEvictions')).toBe(0);
    expect(meter.countOf('cacheSkips')).toBe(1);
  });

  it('does not keep one value of a megabyte at the cost of many, and says so', async () => {
    const { cache, meter } = open(1e9);
    await cache.put('most', 'x'.repeat(VALUE_BYTES_MAX - 5), 1000);
    expect(await cache.get('most')).toHaveLength(VALUE_BYTES_MAX - 5);
    await cache.put('more', 'x'.repeat(VALUE_BYTES_MAX), 1000);
    expect(await cache.get('more')).toBeUndefined();
    expect(meter.countOf('cacheSkips')).toBe(1);
  });

  it('does not keep an older value when the newer one could never fit', async () => {
    const { cache } = open(2000);
    await cache.put('a', 1, 1000);
    await cache.put('a', 'x'.repeat(5000), 1000);
    expect(await cache.get('a')).toBeUndefined();
  });

  it('gives up the bytes of a value whose time is up', async () => {
    const { cache, clock } = open();
    await cache.put('a', 1, 1000);
    clock.passMs(999);
    expect(await cache.get('a')).toBe(1);
    clock.passMs(1);
    expect(await cache.get('a')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });
});

describe('the cache that is off', () => {
  it('keeps nothing', async () => {
    await OFF_CACHE.put('a', 1, 1000);
    await OFF_CACHE.invalidate(['a']);
    expect(await OFF_CACHE.get('a')).toBeUndefined();
  });
});

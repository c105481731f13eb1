import { uniform } from '@gaitway/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CountSeries, LatencySeries, secondPercentileMs } from './per-second.ts';
import { addBuckets, BUCKETS, bucketMiddleMs, bucketOf, encodeBuckets } from './sparse-histogram.ts';

describe('the buckets of a second', () => {
  it('hold every value within 3.2 per cent and half a microsecond', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 4_294_967, noNaN: true }), (latencyMs) => {
        const bucket = bucketOf(latencyMs);
        expect(bucket).toBeLessThan(BUCKETS);
        expect(Math.abs(bucketMiddleMs(bucket) - latencyMs)).toBeLessThanOrEqual(latencyMs / 31 + 0.0005);
      }),
    );
    expect(bucketOf(1e12)).toBe(BUCKETS - 1);
    expect(bucketOf(-1)).toBe(0);
  });

  it('come back from their text as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(BUCKETS - 1), fc.nat(0xffffffff))), (pairs) => {
        const counts = new Uint32Array(BUCKETS);
        for (const [bucket, count] of pairs) counts[bucket] = count;
        const copy = new Uint32Array(BUCKETS);
        addBuckets(encodeBuckets(counts), copy);
        expect(copy).toEqual(counts);
      }),
    );
  });

  it('are refused when their text breaks off or names a bucket that is not there', () => {
    const counts = new Uint32Array(BUCKETS);
    expect(() => addBuckets(Buffer.from([3]).toString('base64'), counts)).toThrow(RangeError);
    expect(() => addBuckets(Buffer.from([255, 127, 1]).toString('base64'), counts)).toThrow(RangeError);
  });
});

describe('a series by second', () => {
  const startMs = 1_000_000;

  it('is the same from one worker as from three merged, also when samples come out of order', () => {
    const one = new LatencySeries(startMs);
    const three = [0, 1, 2].map(() => new LatencySeries(startMs));
    for (let i = 0; i < 20_000; i++) {
      const atMs = startMs + i * 2 - (i % 97 === 0 ? 9000 : 0);
      const latencyMs = 200 * uniform(3, i);
      one.record(atMs, latencyMs);
      three[i % 3]!.record(atMs, latencyMs);
    }
    const merged = new LatencySeries(startMs);
    for (const part of three) merged.add(JSON.parse(JSON.stringify(part.encode())));
    expect(merged.encode()).toEqual(one.encode());
    expect(one.encode().seconds).toHaveLength(40);
    const [second, buckets] = one.encode().seconds[20]!;
    expect(second).toBe(20);
    expect(secondPercentileMs(buckets, 50)).toBeGreaterThan(85);
    expect(secondPercentileMs(buckets, 50)).toBeLessThan(115);
  });

  it('takes at most 20 MB an hour for acknowledgement and freshness, were every bucket used in every second', () => {
    const worst = encodeBuckets(new Uint32Array(BUCKETS).fill(127)).length;
    const large = encodeBuckets(new Uint32Array(BUCKETS).fill(16_383)).length;
    const bytesOfAnHour = (bucketsText: number) => 2 * 3600 * (bucketsText + '[3599,""],'.length);
    expect(bytesOfAnHour(worst)).toBeLessThan(20_000_000);
    expect(bytesOfAnHour(large)).toBeLessThan(20_000_000);
  });

  it('counts by name and second, and adds up across workers', () => {
    const sent = new CountSeries(startMs);
    sent.count('sent', startMs + 2500, 3);
    sent.count('sent', startMs - 5);
    const other = new CountSeries(startMs);
    other.count('sent', startMs + 2999);
    other.count('refused', startMs + 1000);
    other.add(sent.encode());
    expect(other.encode().counts).toEqual({ sent: [1, 0, 4], refused: [0, 1] });
    expect(() => other.add(new CountSeries(5).encode())).toThrow(RangeError);
  });
});

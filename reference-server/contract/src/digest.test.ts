import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addToDigest, emptyDigest, formatDigest, frameHash, frameHashHigh, parseDigest } from './digest.ts';
import { TRAILER_BYTES } from './frame/layout.ts';
import { FRAME_VECTORS } from './frame/vectors.ts';

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g)!, (byte) => Number.parseInt(byte, 16));

function digestOf(frames: readonly Uint8Array[]): string {
  const digest = emptyDigest();
  for (const bytes of frames) {
    const low = frameHash(bytes);
    addToDigest(digest, low, frameHashHigh());
  }
  return formatDigest(digest);
}

const frames = fc.array(fc.uint8Array({ minLength: 34, maxLength: 120 }), { maxLength: 12 });

describe('the digest', () => {
  it('does not depend on the order of the frames', () => {
    fc.assert(
      fc.property(frames, fc.infiniteStream(fc.nat()), (set, order) => {
        const shuffled = set
          .map((bytes) => ({ bytes, key: order.next().value }))
          .sort((a, b) => a.key - b.key);
        expect(digestOf(shuffled.map(({ bytes }) => bytes))).toBe(digestOf(set));
      }),
    );
  });

  it('depends on each byte of the fixed part and on none of the trailer', () => {
    for (const { hex } of FRAME_VECTORS) {
      const bytes = fromHex(hex);
      const before = digestOf([bytes]);
      for (let at = 0; at < bytes.length; at++) {
        for (const xor of [1, 0x80, 0xff]) {
          const changed = bytes.slice();
          changed[at]! ^= xor;
          expect(digestOf([changed]) === before, `byte ${at}`).toBe(at >= bytes.length - TRAILER_BYTES);
        }
      }
    }
  });

  it('tells a frame that counted twice, one that is missing, and two payloads that were swapped', () => {
    const [a, b] = FRAME_VECTORS.filter(({ header }) => header.kind === 1).map(({ hex }) => fromHex(hex)) as [
      Uint8Array,
      Uint8Array,
    ];
    const swapped = [a.slice(), b.slice()] as const;
    swapped[0].set(b.subarray(28, 100), 28);
    swapped[1].set(a.subarray(28, 100), 28);
    expect(new Set([[a, b], [a], [a, a, b], [a, a], swapped].map((set) => digestOf(set))).size).toBe(5);
  });

  it('is a sum modulo 2^64, so that a set can be grown and merged', () => {
    fc.assert(
      fc.property(frames, frames, (some, others) => {
        const sum = parseDigest(digestOf(some));
        const more = parseDigest(digestOf(others));
        addToDigest(sum, more.low, more.high);
        expect(formatDigest(sum)).toBe(digestOf([...some, ...others]));
        const mask = 2n ** 64n - 1n;
        const exact = (BigInt(`0x${digestOf(some)}`) + BigInt(`0x${digestOf(others)}`)) & mask;
        expect(BigInt(`0x${formatDigest(sum)}`)).toBe(exact);
      }),
    );
  });

  it('reads what it wrote: sixteen digits', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), (low, high) => {
        const text = formatDigest({ low, high });
        expect(text).toMatch(/^[0-9a-f]{16}$/);
        expect(parseDigest(text)).toEqual({ low, high });
      }),
    );
    expect(formatDigest(emptyDigest())).toBe('0000000000000000');
  });

  it('does not change between versions: archives and ledgers hold it', () => {
    expect(FRAME_VECTORS.slice(0, 2).map(({ hex }) => digestOf([fromHex(hex)]))).toEqual([
      'b4083b8ccbdbdf66',
      'c9d795a483c5475e',
    ]);
  });
});

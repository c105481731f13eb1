import { TRAILER_BYTES } from './frame/layout.ts';
import { hash32, mix32 } from './hash.ts';

/**
 * The order-free digest of a set of frames: the sum, modulo 2^64, of one 64-bit hash per frame over its
 * fixed part (identity, times, payload). Two sets are equal when their sums are; adding and taking away
 * one frame costs one addition. It proves what was stored without keeping what was sent. It guards
 * against mistakes, not against an adversary.
 */
export interface Digest {
  low: number;
  high: number;
}

export function emptyDigest(): Digest {
  return { low: 0, high: 0 };
}

let lastHigh = 0;

/** The 64-bit hash of one frame's fixed part: returns the low half, {@link frameHashHigh} the high half of the last call. */
export function frameHash(bytes: Uint8Array): number {
  const end = bytes.length - TRAILER_BYTES;
  let low = 0x243f6a88;
  let high = 0x13198a2e;
  let i = 0;
  for (; i + 4 <= end; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    low = Math.imul(low ^ word, 0x9e3779b1);
    low ^= low >>> 15;
    high = Math.imul((high + word) | 0, 0x85ebca77);
    high ^= high >>> 13;
  }
  for (; i < end; i++) {
    low = Math.imul(low ^ bytes[i]!, 0x9e3779b1);
    high = Math.imul((high + bytes[i]!) | 0, 0x85ebca77);
  }
  lastHigh = hash32(high, low, end);
  return mix32(low ^ Math.imul(high, 0x27d4eb2f));
}

export function frameHashHigh(): number {
  return lastHigh;
}

/** Adds one 64-bit hash to the digest. */
export function addToDigest(digest: Digest, low: number, high: number): void {
  const sum = digest.low + low;
  digest.low = sum >>> 0;
  digest.high = (digest.high + high + (sum > 0xffffffff ? 1 : 0)) >>> 0;
}

/** Sixteen hexadecimal digits, most significant first. */
export function formatDigest(digest: Digest): string {
  return digest.high.toString(16).padStart(8, '0') + digest.low.toString(16).padStart(8, '0');
}

export function parseDigest(text: string): Digest {
  return { high: Number.parseInt(text.slice(0, 8), 16) >>> 0, low: Number.parseInt(text.slice(8), 16) >>> 0 };
}

/** 256 * log2(1 + i / 256), rounded: one byte of flash each on the device. */
const TABLE = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, i) =>
  Math.min(255, Math.round(256 * Math.log2(1 + i / 256))),
);

/**
 * 256 * log2(1 + energy), for an integer energy below 2^48: the place of the leading one, and a table over the
 * eight bits behind it. At most 2 units below the true value, never above it by more than 0.5.
 */
export function log2Fixed(energy: number): number {
  const value = energy + 1;
  // JavaScript shifts 32 bits; the device shifts a 64-bit number.
  const high = Math.floor(value / 4294967296);
  const bits = high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(value);
  const mantissa = bits >= 8 ? Math.floor(value / 2 ** (bits - 8)) & 0xff : (value << (8 - bits)) & 0xff;
  return (bits << 8) + TABLE[mantissa]!;
}

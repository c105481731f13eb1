/**
 * Consistent overhead byte stuffing (S. Cheshire and M. Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM
 * Transactions on Networking 7(2), 1999): bytes without a zero, so that a zero can end a message. Each block begins
 * with its length plus one; a block shorter than 254 bytes stands for itself and a zero behind it.
 */
const BLOCK_MAX = 254;

/** The encoded bytes and the zero that ends them. */
export function cobsEncode(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + Math.floor(bytes.length / BLOCK_MAX) + 2);
  let codeAt = 0;
  let at = 1;
  for (let i = 0; i < bytes.length; i++) {
    const value = bytes[i]!;
    if (value !== 0) out[at++] = value;
    const full = at - codeAt === BLOCK_MAX + 1;
    if (value === 0 || (full && i + 1 < bytes.length)) {
      out[codeAt] = at - codeAt;
      codeAt = at++;
    }
  }
  out[codeAt] = at - codeAt;
  return out.slice(0, at + 1);
}

/** The bytes that were encoded (`encoded` without the zero at its end), or `undefined`: it is not COBS. */
export function cobsDecode(encoded: Uint8Array): Uint8Array | undefined {
  const out: number[] = [];
  let at = 0;
  while (at < encoded.length) {
    const code = encoded[at]!;
    if (code === 0 || at + code > encoded.length) return undefined;
    for (let i = at + 1; i < at + code; i++) {
      if (encoded[i] === 0) return undefined;
      out.push(encoded[i]!);
    }
    at += code;
    if (code <= BLOCK_MAX && at < encoded.length) out.push(0);
  }
  return Uint8Array.from(out);
}

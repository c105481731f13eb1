/**
 * Counter-based randomness: a value is a pure function of what it is for, never of how many were drawn
 * before. So the number of workers, a resumed run or a single patient played alone cannot change data.
 */

/** Finaliser of MurmurHash3 (Austin Appleby, public domain): each input bit flips half of the output bits. */
export function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Hash of up to four 32-bit numbers to one; the order of the arguments matters. */
export function hash32(a: number, b = 0, c = 0, d = 0): number {
  let h = mix32(a ^ 0x9e3779b9);
  h = mix32(h ^ b ^ 0x7f4a7c15);
  h = mix32(h ^ c ^ 0x94d049bb);
  return mix32(h ^ d ^ 0x2545f491);
}

/** Hash of a string (FNV-1a over UTF-16 units, then mixed): stable across processes and versions. */
export function hashString(text: string, seed = 0): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix32(h);
}

/** A number in [0, 1) that depends on nothing but its arguments. */
export function uniform(seed: number, stream: number, index = 0, sub = 0): number {
  return hash32(seed, stream, index, sub) / 4294967296;
}

/** A standard normal number that depends on nothing but its arguments (Box and Muller 1958). */
export function normal(seed: number, stream: number, index = 0, sub = 0): number {
  const u = (hash32(seed, stream, index, sub) + 1) / 4294967297;
  const v = hash32(seed ^ 0x5bd1e995, stream, index, sub) / 4294967296;
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}

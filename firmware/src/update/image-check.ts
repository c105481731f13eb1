import { readU32 } from '@gaitway/contract';

const HASH_BYTES = 4;
/** An image holds its hash once. One that holds the number more often than so by chance does not exist. */
const PLACES_MOST = 8;

/** SHA-256 of the given bytes: whoever runs a modem brings one. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/**
 * Whether these are the flash bytes of the program that an offer names by `hash`: the first four bytes of their SHA-256,
 * the first one highest, taken with 0 in the place where the program keeps that number for its boot frame, lowest
 * byte first (`firmware/wearable/Makefile`). It finds damage. It is no signature: who may offer may offer anything.
 */
export function isImageOf(image: Uint8Array, hash: number, sha256: Sha256): boolean {
  let places = 0;
  for (let at = 0; at + HASH_BYTES <= image.length && places < PLACES_MOST; at++) {
    if (readU32(image, at) !== hash) continue;
    places += 1;
    if (hashWithout(image, at, sha256) === hash) return true;
  }
  return false;
}

/**
 * The hash that an image keeps of itself, wherever it lies; `undefined`: it keeps none. It tries every place, which takes as
 * many digests as the image has bytes: half a second.
 */
export function hashOfImage(image: Uint8Array, sha256: Sha256): number | undefined {
  for (let at = 0; at + HASH_BYTES <= image.length; at++) {
    const hash = readU32(image, at);
    if (hashWithout(image, at, sha256) === hash) return hash;
  }
  return undefined;
}

/** The beginning of the image's digest, with 0 in the place `at`. */
function hashWithout(image: Uint8Array, at: number, sha256: Sha256): number {
  const unhashed = image.slice();
  unhashed.fill(0, at, at + HASH_BYTES);
  return new DataView(Uint8Array.from(sha256(unhashed)).buffer).getUint32(0);
}

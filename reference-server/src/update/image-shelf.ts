import type { WaveStore } from './wave-store.ts';

/** Gives the image of the wave, and keeps the one that was asked for last: under its hash it never changes. */
export function imageShelf(
  store: Pick<WaveStore, 'image'>,
): (hash: number) => Promise<Uint8Array | undefined> {
  let kept: { hash: number; image: Uint8Array } | undefined;
  return async (hash) => {
    if (kept?.hash === hash) return kept.image;
    const image = await store.image(hash);
    if (image !== undefined) kept = { hash, image };
    return image;
  };
}

/**
 * Windows are cached in blocks of equal length, so that viewers who ask for "the last 15 minutes" at
 * different moments ask for the same entries.
 */
export const WINDOWS_PER_BLOCK = 10;
/** A longer question goes straight to the archive: it is asked once, and would push out what is asked often. */
export const BLOCKS_MAX = 12;

/** The numbers of the blocks that [fromMs, toMs) touches; `null`: too many to cache. */
export function blocksOf(fromMs: number, toMs: number, blockMs: number): number[] | null {
  if (toMs <= fromMs) return [];
  const first = Math.floor(fromMs / blockMs);
  const count = Math.ceil(toMs / blockMs) - first;
  return count > BLOCKS_MAX ? null : Array.from({ length: count }, (_, i) => first + i);
}

/** LMDB keys are at most 1,978 bytes, and zero bytes separate their parts. */
const KEY_TEXT_BYTES_MAX = 512;

/** The text as a part of a key. Throws for one that LMDB could not keep. */
export function keyText(text: string): string {
  if (Buffer.byteLength(text) > KEY_TEXT_BYTES_MAX || text.includes('\0')) {
    throw new RangeError(
      `'${text.slice(0, 40)}' cannot be a key of the embedded archive: at most ${KEY_TEXT_BYTES_MAX} bytes, none of them zero`,
    );
  }
  return text;
}

/** Above every number that stands at the same place of a key. */
export const ABOVE_NUMBERS = Number.POSITIVE_INFINITY;

/** Below every number that stands at the same place of a key: moments before 1970 are numbers too. */
export const BELOW_NUMBERS = Number.NEGATIVE_INFINITY;

/** Above every text that stands at the same place of a key: the last character there is. */
export const ABOVE_TEXTS = '\u{10ffff}';

/** Lets other work of the process go on. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

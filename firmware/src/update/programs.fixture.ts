import type { Program } from '../board/intel-hex.ts';

/** The bytes of a program as they are downloaded: up to the last one that its file gives. */
export function bytesOf({ words, bytes }: Program): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, bytes).slice();
}

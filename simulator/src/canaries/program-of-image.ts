import { FLASH_BYTES, type Program } from '@gaitway/firmware/board';
import { warmUpInSlices } from './warm-up.ts';

const programs = new Map<number, Program>();

/**
 * The program whose flash bytes these are; what they leave out is erased. Boards that get the same image share it, and what was
 * translated of it, which begins with the first of them: `again` calls what it is given a little later.
 */
export function programOfImage(hash: number, image: Uint8Array, again: (slice: () => void) => void): Program {
  let program = programs.get(hash);
  if (program === undefined) {
    const flash = new Uint8Array(FLASH_BYTES).fill(0xff);
    flash.set(image.subarray(0, FLASH_BYTES));
    program = { words: new Uint16Array(flash.buffer), bytes: image.length };
    programs.set(hash, program);
    warmUpInSlices(program, again);
  }
  return program;
}

import { Board, CYCLES_PER_MS, Eeprom, type Program, wearableEeprom } from '@gaitway/firmware/board';

const SLICE_MS = 2;
const SLICES = 400;
/** So that slots end while it warms up. */
const SLOT_MS = 200;

/**
 * Runs a program on a board that nobody listens to, 2 ms in each slice: what is translated of it then need not be when boards
 * run it in the time of a run. `again` calls what it is given a little later.
 */
export function warmUpInSlices(program: Program, again: (slice: () => void) => void): void {
  const board = new Board({
    program,
    eeprom: new Eeprom(wearableEeprom({ device: 1, slotMs: SLOT_MS }, 0)),
    samples: (tick, into) => {
      for (let axis = 0; axis < into.length; axis++) into[axis] = ((tick * 37 + axis * 911) % 9000) - 4500;
      return true;
    },
  });
  let slices = 0;
  const slice = (): void => {
    board.runToCycle(board.cycle + SLICE_MS * CYCLES_PER_MS);
    if (++slices < SLICES) again(slice);
  };
  again(slice);
}

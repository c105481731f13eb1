import { HEADER, readU16, readU32 } from '@gaitway/contract';
import { Board, CYCLES_PER_MS, Eeprom, type Program, wearableEeprom } from '@gaitway/firmware/board';

/** Before a run: as many ends of slots as a board of 5 s slots comes to in 20 minutes, so that V8 has compiled what is often run. */
const CYCLES_BEFORE_A_RUN = 50_000 * CYCLES_PER_MS;
/** A chip works for 4 % of its time; of one that hangs this is enough. */
const ACTIVE_CYCLES_BEFORE_A_RUN = CYCLES_BEFORE_A_RUN / 10;
/** Within a run: in slices that take as long as to write a flash. */
const SLICES_IN_A_RUN = 400;
/** Of one slice: of what the chip does in 1 ms little is new, and where it sleeps there is nothing to run. */
const SLICE_ACTIVE_CYCLES = 4000;
const SLICE_MS_MOST = 20;
/** So that slots end while it warms up. */
const SLOT_MS = 200;

/** Runs a program before a run: what is translated of it then need not be when boards run it in the time of a run. */
export function warmUp(program: Program): void {
  const board = boardAlone(program);
  while (board.cycle < CYCLES_BEFORE_A_RUN && board.activeCycles < ACTIVE_CYCLES_BEFORE_A_RUN)
    board.runToCycle(board.cycle + 20 * CYCLES_PER_MS);
}

/** The same within a run, a little at a time: `again` calls what it is given a little later. */
export function warmUpInSlices(program: Program, again: (slice: () => void) => void): void {
  const board = boardAlone(program);
  let slices = 0;
  const slice = (): void => {
    runSlice(board);
    if (++slices < SLICES_IN_A_RUN) again(slice);
  };
  again(slice);
}

/** One that moves, has a hub for the heart, and talks to a modem that acknowledges everything. */
function boardAlone(program: Program): Board {
  const board: Board = new Board({
    program,
    eeprom: new Eeprom(wearableEeprom({ device: 1, slotMs: SLOT_MS, hasHub: true }, 0)),
    samples: (tick, into) => {
      for (let axis = 0; axis < into.length; axis++) into[axis] = ((tick * 37 + axis * 911) % 9000) - 4500;
      return true;
    },
    pulses: (tick) => (tick % 40 === 0 ? 8000 : 0),
    hooks: {
      onFrame: (_, bytes) => {
        const [boot, seq] = [readU16(bytes, HEADER.boot), readU32(bytes, HEADER.seq)];
        board.deliver({ type: 'acknowledged', boot, seq }, board.tick + 1);
      },
    },
  });
  board.deliver({ type: 'linkUp' }, 2);
  board.deliver({ type: 'timeSync', epochMs: 0 }, 3);
  return board;
}

function runSlice(board: Board): void {
  const activeTo = board.activeCycles + SLICE_ACTIVE_CYCLES;
  for (let ms = 0; ms < SLICE_MS_MOST && board.activeCycles < activeTo; ms++)
    board.runToCycle(board.cycle + CYCLES_PER_MS);
}

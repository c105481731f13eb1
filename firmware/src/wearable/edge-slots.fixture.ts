import { uniform } from '@gaitway/contract';

/** The samples of a slot at which one unit decides: writes over the six values of the slot's tick. */
type EdgeSlot = (tick: number, into: Int16Array) => void;

export const EDGE_SLOT_TICKS = 50;
const G = 4096;

/**
 * On the first axis of the gyroscope a square wave of so many ticks a half, on the other two a step in the last three ticks: of
 * the first one's amplitude an output is at the edge, with the others' the energy.
 */
function rotation(half: number, amplitude: number, stepY: number, stepZ: number): EdgeSlot {
  return (tick, into) => {
    const swing = Math.floor((tick - 1) / half) % 2 === 0 ? amplitude : -amplitude;
    const isStep = tick >= EDGE_SLOT_TICKS - 3;
    into.set([tick === 0 ? 0 : swing, isStep ? stepY : 0, isStep ? stepZ : 0], 3);
  };
}

/** A sway up and down that just makes a step, or just does not. */
function sway(seed: number): EdgeSlot {
  const half = 60 + 140 * uniform(seed, 1);
  const hz = 0.6 + 2.5 * uniform(seed, 2);
  const phase = 2 * Math.PI * uniform(seed, 3);
  return (tick, into) => {
    into[2] = Math.round(G + half * 2 * Math.sin((2 * Math.PI * hz * tick) / EDGE_SLOT_TICKS + phase));
  };
}

/** Their numbers were searched for: all amplitudes and seeds from the first one on until the features differed. */
export const EDGE_SLOTS: readonly EdgeSlot[] = [
  // An output of exactly 32767, of -32768, and one beyond each: what is cut, and what is not.
  rotation(4, 28_324, 4123, 0),
  rotation(4, 28_706, 11_669, 0),
  rotation(4, 28_325, 3801, 0),
  rotation(4, 28_707, 23_632, 0),
  // Energies of 2^33 - 1 and 2^34 - 1, of which one more is the logarithm's.
  rotation(5, 30_373, 841, 519),
  rotation(5, 21_207, 1450, 480),
  rotation(5, 21_701, 1006, 24),
  // The last bit behind the point makes the step: once lost, and once too many.
  ...[5440, 37_958, 64_123, 221, 2570, 48_736].map(sway),
];

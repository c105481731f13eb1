import { arithmetic } from './arithmetic.ts';
import type { Jump, Straight } from './instruction.ts';
import { jump } from './jump.ts';
import { memory, ownRegister } from './memory.ts';

/** Reads the instruction at `pc`; `undefined`: it is left to avr8js (I/O, sleep, and what is rare). */
export function decode(flash: Uint16Array, pc: number): Straight | Jump | undefined {
  const op = flash[pc]!;
  return arithmetic(op) ?? ownRegister(op) ?? memory(op, flash[pc + 1]!) ?? jump(flash, pc, op);
}

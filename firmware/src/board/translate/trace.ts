import { decode } from './decode.ts';
import { ALL_FLAGS, setFlags } from './flags.ts';
import type { Jump, Straight } from './instruction.ts';

/**
 * A piece of program as one JavaScript function. It runs straight on from its first instruction, through jumps and
 * calls, until something is left to avr8js or a branch leads out; a branch back to its beginning is a loop. Within
 * it nothing happens that a peripheral could see, so who has no event due within `cyclesMax` may run it whole.
 */
export interface Trace {
  /** Cycles of one way through it, at most. */
  readonly cyclesMax: number;
  /** Runs for at most `budget` cycles (at least `cyclesMax`); gives those used. Sets `cpu.pc`. 0: nothing was done. */
  readonly run: (
    cpu: { pc: number; readonly nextInterrupt: number },
    data: Uint8Array,
    flashBytes: Uint8Array,
    budget: number,
  ) => number;
}

const INSTRUCTIONS_MAX = 64;
/** Shorter than a count of the slowest useful timer, so that traces fit between its counts. */
const CYCLES_MAX = 120;

interface Placed {
  pc: number;
  /** Cycles of what lies before it. */
  before: number;
  instruction: Straight | Jump;
}

/** The trace that begins at `start`; `undefined`: its first instruction is left to avr8js. */
export function traceAt(flash: Uint16Array, start: number): Trace | undefined {
  const placed: Placed[] = [];
  const seen = new Set<number>();
  let pc = start;
  let cycles = 0;
  while (placed.length < INSTRUCTIONS_MAX && !seen.has(pc)) {
    const instruction = decode(flash, pc);
    if (instruction === undefined) break;
    const longest = instruction.kind === 'jump' ? instruction.takenCycles : instruction.cycles;
    if (cycles + longest > CYCLES_MAX) break;
    seen.add(pc);
    placed.push({ pc, before: cycles, instruction });
    const isFinal = instruction.kind === 'jump' && instruction.condition === '';
    cycles += isFinal ? instruction.takenCycles : instruction.cycles;
    pc = isFinal ? instruction.target : (pc + instruction.words) % flash.length;
    if (pc < 0) break;
  }
  if (placed.length === 0) return undefined;
  // A branch that is taken needs up to two more. That they are left over otherwise keeps what is due off an instruction that lets
  // interrupts in: the chip executes one more before it takes any.
  const cyclesMax = cycles + 2;
  return { cyclesMax, run: compile(placed, start, pc, cycles, cyclesMax) };
}

function compile(
  placed: Placed[],
  start: number,
  end: number,
  cycles: number,
  cyclesMax: number,
): Trace['run'] {
  const wanted = wantedFlags(placed);
  const leave = (pc: number | string, used: number): string => `{d[95]=s;u.pc=${pc};return n+${used}}`;
  const goTo = (target: number, used: number): string =>
    target === start ? `{n+=${used};if(n+${cyclesMax}>m)${leave(start, 0)}continue}` : leave(target, used);
  const lines: string[] = [];
  for (const [index, { pc, before, instruction }] of placed.entries()) {
    const { leftIf } = instruction;
    if (leftIf !== undefined) lines.push(`if(${leftIf})${leave(pc, before)}`);
    if (instruction.kind === 'straight') {
      const { source, after, changes, sources } = instruction;
      lines.push(source, setFlags(changes, wanted[index]!, sources), after);
      continue;
    }
    const { condition, source, dynamic, target, takenCycles } = instruction;
    const used = before + takenCycles;
    lines.push(source);
    if (target < 0) lines.push(leave(dynamic, used));
    else if (condition !== '') lines.push(`if(${condition})${goTo(target, used)}`);
  }
  const last = placed[placed.length - 1]!.instruction;
  if (!(last.kind === 'jump' && last.target < 0)) lines.push(goTo(end, cycles));
  const body = `let s=d[95],n=0,a,b,c,t,q,R,A;for(;;){${lines.join('\n')}}`;
  return new Function('u', 'd', 'p', 'm', body) as Trace['run'];
}

/**
 * For each instruction, the flags that somebody reads before they are changed again. Wherever a trace may be left,
 * all of them are.
 */
function wantedFlags(placed: Placed[]): number[] {
  const wanted: number[] = new Array(placed.length);
  let live = ALL_FLAGS;
  for (let index = placed.length - 1; index >= 0; index--) {
    const { instruction } = placed[index]!;
    wanted[index] = live;
    const leaves = instruction.kind === 'jump' && (instruction.condition !== '' || instruction.target < 0);
    if (leaves || instruction.leftIf !== undefined) live = ALL_FLAGS;
    else if (instruction.kind === 'straight') live = (live & ~instruction.changes) | instruction.needs;
  }
  return wanted;
}

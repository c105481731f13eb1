import { type Trace, traceAt } from './trace.ts';

/** In place of a trace, where there is none. */
const NONE: Trace = { cyclesMax: Number.POSITIVE_INFINITY, run: () => 0 };

/** The traces of a program, made when they are first reached. */
export class Traces {
  private readonly flash: Uint16Array;
  private readonly made: (Trace | undefined)[];

  constructor(flash: Uint16Array) {
    this.flash = flash;
    this.made = new Array(flash.length);
  }

  /** The trace at a word address; one that fits no budget where there is none. */
  at(pc: number): Trace {
    return this.made[pc] ?? this.make(pc);
  }

  private make(pc: number): Trace {
    // A program that returns to where its stack does not reach: avr8js goes on from there.
    if (!(pc >= 0 && pc < this.flash.length)) return NONE;
    const trace = traceAt(this.flash, pc) ?? NONE;
    this.made[pc] = trace;
    return trace;
  }
}

const ofPrograms = new WeakMap<Uint16Array, Traces>();

/** Boards of one program share its traces. */
export function tracesOf(flash: Uint16Array): Traces {
  let traces = ofPrograms.get(flash);
  if (traces === undefined) {
    traces = new Traces(flash);
    ofPrograms.set(flash, traces);
  }
  return traces;
}

import type { FlagSources } from './flags.ts';

/** What an instruction does, as JavaScript over `d` (the data space), `s` (the flags) and `p` (the flash's bytes). */
export interface Straight {
  kind: 'straight';
  /** Statements in a scope of their own, before the flags are set, and after. */
  source: string;
  after: string;
  sources: FlagSources;
  /** Flags that it changes, and that it needs. */
  changes: number;
  needs: number;
  cycles: number;
  words: 1 | 2;
  /** An expression, worked out before it: where it holds, the instruction is left to avr8js. */
  leftIf?: string;
}

/** The program goes on elsewhere, always (`condition` is '') or when the condition holds. */
export interface Jump {
  kind: 'jump';
  condition: string;
  /** Word address; -1: what `target` says is known only when it runs, by `dynamic`. */
  target: number;
  dynamic: string;
  source: string;
  cycles: number;
  takenCycles: number;
  words: 1 | 2;
  /** As in {@link Straight}. */
  leftIf?: string;
}

export const word = (at: number): string => `(d[${at}]|d[${at + 1}]<<8)`;
export const setWord = (at: number, value: string): string => `q=${value};d[${at}]=q;d[${at + 1}]=q>>8;`;
/** Where the stack pointer lies. */
export const SP = 93;
/** An instruction that lets interrupts in, while one waits: which is taken, and when, is not the trace's to say. */
export const INTERRUPT_WAITS = 'u.nextInterrupt>=0';

export function straight(source: string, over: Partial<Straight> = {}): Straight {
  const base = { kind: 'straight' as const, after: '', sources: {}, changes: 0, needs: 0, cycles: 1 };
  return { ...base, words: 1, source, ...over };
}

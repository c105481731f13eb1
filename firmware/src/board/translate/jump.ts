import { Flag } from './flags.ts';
import { INTERRUPT_WAITS, type Jump, SP, setWord, word } from './instruction.ts';

/** How many words the instruction at `pc` has. */
function wordsAt(op: number): 1 | 2 {
  const isLong = (op & 0xfc0f) === 0x9000 || (op & 0xfe0c) === 0x940c;
  return isLong ? 2 : 1;
}

/** An instruction after which the program may go on elsewhere. */
export function jump(flash: Uint16Array, pc: number, op: number): Jump | undefined {
  const to = (target: number, over: Partial<Jump>): Jump => ({
    kind: 'jump',
    condition: '',
    target: ((target % flash.length) + flash.length) % flash.length,
    dynamic: '',
    source: '',
    cycles: 1,
    takenCycles: 2,
    words: 1,
    ...over,
  });
  const push = (back: number): string =>
    `q=${word(SP)};d[q]=${back & 255};d[q-1]=${back >> 8};${setWord(SP, 'q-2')}`;
  const relative = pc + 1 + (((op & 0xfff) << 20) >> 20);
  const flag = 1 << (op & 7);
  const near = pc + 1 + (((op >> 3) << 25) >> 25);
  if ((op & 0xfc00) === 0xf000) return to(near, { condition: `s&${flag}` });
  if ((op & 0xfc00) === 0xf400) return to(near, { condition: `!(s&${flag})` });
  if (op >> 12 === 12) return to(relative, {});
  if (op >> 12 === 13) return to(relative, { source: push(pc + 1), takenCycles: 3 });
  // With the upper bits of an address that only larger chips have they are left to avr8js.
  if (op === 0x940c) return to(flash[pc + 1]!, { takenCycles: 3, words: 2 });
  if (op === 0x940e) {
    return to(flash[pc + 1]!, { source: push(pc + 2), takenCycles: 4, words: 2 });
  }
  if (op === 0x9508 || op === 0x9518) {
    const source = `q=${word(SP)}+2;${setWord(SP, 'q')}`;
    const back = { target: -1, dynamic: `((d[q-1]<<8)+d[q])%${flash.length}`, takenCycles: 4 };
    if (op === 0x9508) return to(0, { ...back, source });
    // From an interrupt.
    return to(0, { ...back, source: `${source}s|=${Flag.I};`, leftIf: INTERRUPT_WAITS });
  }
  const skipped = wordsAt(flash[(pc + 1) % flash.length]!);
  const skip = (condition: string): Jump => to(pc + 1 + skipped, { condition, takenCycles: 1 + skipped });
  const D = (op >> 4) & 31;
  if ((op & 0xfe08) === 0xfc00) return skip(`!(d[${D}]&${flag})`);
  if ((op & 0xfe08) === 0xfe00) return skip(`d[${D}]&${flag}`);
  if ((op & 0xfc00) === 0x1000) return skip(`d[${D}]===d[${(op & 15) | ((op >> 5) & 16)}]`);
  return undefined;
}

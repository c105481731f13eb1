import {
  ARITHMETIC,
  BITS,
  DIFFERENCE,
  DIFFERENCE_WITH_BORROW,
  Flag,
  type FlagSources,
  LOGIC,
  MULTIPLIED,
  PRODUCT,
  SHIFT,
  SUM,
  WORD_ARITHMETIC,
} from './flags.ts';
import { INTERRUPT_WAITS, type Straight, setWord, straight, word } from './instruction.ts';

/** An instruction on registers and flags. */
export function arithmetic(op: number): Straight | undefined {
  return twoRegisters(op) ?? immediate(op) ?? oneRegister(op);
}

function twoRegisters(op: number): Straight | undefined {
  const D = (op >> 4) & 31;
  const R = (op & 15) | ((op >> 5) & 16);
  const operands = `a=d[${D}];b=d[${R}];`;
  const store = `d[${D}]=R;`;
  switch (op & 0xfc00) {
    case 0x0c00:
      return straight(`${operands}t=a+b;R=t&255;${store}`, { sources: SUM, changes: ARITHMETIC });
    case 0x1c00:
      return straight(`${operands}t=a+b+(s&1);R=t&255;${store}`, {
        sources: SUM,
        changes: ARITHMETIC,
        needs: Flag.C,
      });
    case 0x1800:
      return straight(`${operands}R=a-b;${store}`, { sources: DIFFERENCE, changes: ARITHMETIC });
    case 0x1400:
      return straight(`${operands}R=a-b;`, { sources: DIFFERENCE, changes: ARITHMETIC });
    case 0x0800:
    case 0x0400:
      return straight(`${operands}c=s&1;R=a-b-c;${(op & 0xfc00) === 0x0800 ? store : ''}`, {
        sources: DIFFERENCE_WITH_BORROW,
        changes: ARITHMETIC,
        needs: Flag.C | Flag.Z,
      });
    case 0x2000:
      return straight(`R=d[${D}]&d[${R}];${store}`, { sources: BITS, changes: LOGIC });
    case 0x2400:
      return straight(`R=d[${D}]^d[${R}];${store}`, { sources: BITS, changes: LOGIC });
    case 0x2800:
      return straight(`R=d[${D}]|d[${R}];${store}`, { sources: BITS, changes: LOGIC });
    case 0x2c00:
      return straight(`d[${D}]=d[${R}];`);
    case 0x9c00:
      return product(`d[${D}]*d[${R}]`);
    default:
      return multiply(op);
  }
}

const signed = (register: number): string => `(d[${register}]<<24>>24)`;

function product(source: string): Straight {
  return straight(`R=${source};d[0]=R;d[1]=R>>8;`, { sources: MULTIPLIED, changes: PRODUCT, cycles: 2 });
}

function multiply(op: number): Straight | undefined {
  if (op >> 8 === 1) {
    const [to, from] = [2 * ((op >> 4) & 15), 2 * (op & 15)];
    return straight(`d[${to}]=d[${from}];d[${to + 1}]=d[${from + 1}];`);
  }
  if (op >> 8 === 2) return product(`${signed(16 + ((op >> 4) & 15))}*${signed(16 + (op & 15))}`);
  if ((op & 0xff88) === 0x0300) return product(`${signed(16 + ((op >> 4) & 7))}*d[${16 + (op & 7)}]`);
  return op === 0 ? straight('') : undefined;
}

function immediate(op: number): Straight | undefined {
  const D = 16 + ((op >> 4) & 15);
  const K = (op & 15) | ((op >> 4) & 0xf0);
  const operands = `a=d[${D}];b=${K};`;
  const store = `d[${D}]=R;`;
  switch (op >> 12) {
    case 3:
      return straight(`${operands}R=a-b;`, { sources: DIFFERENCE, changes: ARITHMETIC });
    case 4:
      return straight(`${operands}c=s&1;R=a-b-c;${store}`, {
        sources: DIFFERENCE_WITH_BORROW,
        changes: ARITHMETIC,
        needs: Flag.C | Flag.Z,
      });
    case 5:
      return straight(`${operands}R=a-b;${store}`, { sources: DIFFERENCE, changes: ARITHMETIC });
    case 6:
      return straight(`R=d[${D}]|${K};${store}`, { sources: BITS, changes: LOGIC });
    case 7:
      return straight(`R=d[${D}]&${K};${store}`, { sources: BITS, changes: LOGIC });
    case 14:
      return straight(`d[${D}]=${K};`);
    default:
      return wordImmediate(op);
  }
}

function wordImmediate(op: number): Straight | undefined {
  const at = 24 + 2 * ((op >> 4) & 3);
  const K = (op & 15) | ((op >> 2) & 0x30);
  if (op >> 8 === 0x96) {
    const sources = {
      [Flag.C]: '(~R&a)>>15&1',
      [Flag.Z]: 'R?0:2',
      [Flag.N]: 'R>>13&4',
      [Flag.V]: '(~a&R)>>12&8',
      [Flag.S]: '(R^(~a&R))>>11&16',
    };
    return straight(`a=${word(at)};R=(a+${K})&65535;${setWord(at, 'R')}`, {
      sources,
      changes: WORD_ARITHMETIC,
      cycles: 2,
    });
  }
  if (op >> 8 !== 0x97) return undefined;
  const sources = {
    [Flag.C]: 'b>a?1:0',
    [Flag.Z]: 'R?0:2',
    [Flag.N]: 'R>>13&4',
    [Flag.V]: '(a&~R)>>12&8',
    [Flag.S]: '(R^(a&~R))>>11&16',
    [Flag.H]: '((~a&b|b&R|R&~a)&1)<<5',
  };
  return straight(`a=${word(at)};b=${K};R=a-b;${setWord(at, 'R')}`, {
    sources,
    changes: ARITHMETIC,
    cycles: 2,
  });
}

function oneRegister(op: number): Straight | undefined {
  const D = (op >> 4) & 31;
  const store = `d[${D}]=R;`;
  const bit = op & 7;
  switch (op & 0xfe08) {
    case 0xf800:
      return straight(`d[${D}]=d[${D}]&${255 & ~(1 << bit)}|(s>>6&1)<<${bit};`, { needs: Flag.T });
    case 0xfa00:
      return straight('', { sources: { [Flag.T]: `(d[${D}]>>${bit}&1)<<6` }, changes: Flag.T });
    default:
  }
  const overflow = (at: number): FlagSources => ({
    ...BITS,
    [Flag.V]: `a===${at}?8:0`,
    [Flag.S]: `(R>>3&16)^(a===${at}?16:0)`,
  });
  switch (op & 0xfe0f) {
    case 0x9400:
      return straight(`R=255-d[${D}];${store}`, {
        sources: { ...BITS, [Flag.C]: '1' },
        changes: LOGIC | Flag.C,
      });
    case 0x9401:
      // As avr8js has it: V stays 0 for -128.
      return straight(`a=d[${D}];R=0-a;${store}`, {
        sources: { ...BITS, [Flag.C]: 'R?1:0', [Flag.H]: '((R|a)&1)<<5' },
        changes: ARITHMETIC,
      });
    case 0x9402:
      return straight(`a=d[${D}];d[${D}]=a<<4|a>>4;`);
    case 0x9403:
      return straight(`a=d[${D}];R=(a+1)&255;${store}`, { sources: overflow(127), changes: LOGIC });
    case 0x940a:
      return straight(`a=d[${D}];R=a-1;${store}`, { sources: overflow(128), changes: LOGIC });
    case 0x9405:
      return straight(`a=d[${D}];R=a>>1|a&128;${store}`, { sources: SHIFT, changes: WORD_ARITHMETIC });
    case 0x9406:
      return straight(`a=d[${D}];R=a>>1;${store}`, { sources: SHIFT, changes: WORD_ARITHMETIC });
    case 0x9407:
      return straight(`a=d[${D}];R=a>>1|(s&1)<<7;${store}`, {
        sources: SHIFT,
        changes: WORD_ARITHMETIC,
        needs: Flag.C,
      });
    default:
  }
  // Setting and clearing flags one by one.
  const flag = 1 << ((op >> 4) & 7);
  if ((op & 0xff8f) === 0x9488) return straight('', { changes: flag });
  if ((op & 0xff8f) === 0x9408) {
    const leftIf = flag === Flag.I ? { leftIf: INTERRUPT_WAITS } : {};
    return straight('', { changes: flag, sources: { [flag]: `${flag}` }, ...leftIf });
  }
  return undefined;
}

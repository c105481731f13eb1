/** The status register: its bits, and JavaScript that computes them as avr8js does, bit for bit. */
export const Flag = { C: 1, Z: 2, N: 4, V: 8, S: 16, H: 32, T: 64, I: 128 } as const;

export const ALL_FLAGS = 0xff;
/** What addition, subtraction and comparison change. */
export const ARITHMETIC = 0x3f;
/** All of them but the half carry. */
export const WORD_ARITHMETIC = 0x1f;
export const LOGIC = Flag.Z | Flag.N | Flag.V | Flag.S;
export const PRODUCT = Flag.Z | Flag.C;

/** Expressions, one for each flag, each of them 0 or the flag's bit. */
export type FlagSources = Partial<Record<number, string>>;

/**
 * A statement that brings the flags of `wanted` into `s`, the register's local copy. A flag that is not in
 * `sources` is 0.
 */
export function setFlags(changed: number, wanted: number, sources: FlagSources): string {
  const mask = changed & wanted;
  if (mask === 0) return '';
  const parts = [`s&${ALL_FLAGS & ~mask}`];
  for (let bit = 1; bit <= Flag.I; bit <<= 1) {
    const source = sources[bit];
    if ((mask & bit) !== 0 && source !== undefined) parts.push(`(${source})`);
  }
  return `s=${parts.join('|')};`;
}

/** Of the sum `R` (8 bits) of `a` and `b`; `t` is the sum with its carry. */
export const SUM: FlagSources = {
  [Flag.C]: 't>>8',
  [Flag.Z]: 'R?0:2',
  [Flag.N]: 'R>>5&4',
  [Flag.V]: '((R^b)&(a^R))>>4&8',
  [Flag.S]: '(R^((R^b)&(a^R)))>>3&16',
  [Flag.H]: '((a&b|b&~R|~R&a)&1)<<5',
};

/** Of the difference `R` of `a` and `b`, with its sign. */
export const DIFFERENCE: FlagSources = {
  [Flag.C]: 'b>a?1:0',
  [Flag.Z]: 'R?0:2',
  [Flag.N]: 'R>>5&4',
  [Flag.V]: '((a^b)&(a^R))>>4&8',
  [Flag.S]: '(R^((a^b)&(a^R)))>>3&16',
  [Flag.H]: '((~a&b|b&R|R&~a)&1)<<5',
};

/** The same with a borrow `c` from below: zero only if what is below was zero too. */
export const DIFFERENCE_WITH_BORROW: FlagSources = {
  ...DIFFERENCE,
  [Flag.C]: 'b+c>a?1:0',
  [Flag.Z]: 'R?0:s&2',
};

/** Of a result `R` without overflow. */
export const BITS: FlagSources = { [Flag.Z]: 'R?0:2', [Flag.N]: 'R>>5&4', [Flag.S]: 'R>>3&16' };

/** Of `a` shifted to the right into `R`. */
export const SHIFT: FlagSources = {
  [Flag.C]: 'a&1',
  [Flag.Z]: 'R?0:2',
  [Flag.N]: 'R>>5&4',
  [Flag.V]: '(R>>7^a)&1?8:0',
  [Flag.S]: '(a&1)<<4',
};

export const MULTIPLIED: FlagSources = { [Flag.Z]: 'R&65535?0:2', [Flag.C]: 'R>>15&1' };

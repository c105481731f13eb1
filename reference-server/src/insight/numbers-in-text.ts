/** A number as a text gives it. */
export interface TextNumber {
  value: number;
  /** Digits behind the point. */
  decimals: number;
  percent: boolean;
  /** The word behind it, in small letters, without its plural; empty where none follows. */
  unit: string;
  /** Where it begins in the text. */
  at: number;
}

const WORDS: Readonly<Record<string, number>> = {
  ...{ zero: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
  ...{ eleven: 11, twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16, seventeen: 17 },
  ...{ eighteen: 18, nineteen: 19, twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70 },
  ...{ eighty: 80, ninety: 90, hundred: 100, thousand: 1000, million: 1e6, dozen: 12 },
  ...{ once: 1, twice: 2, double: 2, doubled: 2, triple: 3, tripled: 3, thrice: 3 },
  ...{ half: 0.5, halves: 0.5, third: 1 / 3, thirds: 2 / 3, quarter: 0.25, quarters: 0.75 },
};

const DIGITS =
  /(?<![\p{L}\p{N}.])([-−]?)(\d+(?:,\d{3})*(?:\.\d+)?)(?:\s*(%|per ?cent\b))?(?:\s*-?\s*(\p{L}+))?/giu;
const WORD = new RegExp(
  `(?<!\\p{L})(${Object.keys(WORDS).join('|')})(?!\\p{L})(\\s+per ?cent\\b)?(?=(?:\\s+(\\p{L}+))?)`,
  'giu',
);
/** Any digit of any script that the pattern of numbers did not take: inside a word, not of ours, or Roman. */
const OTHER_DIGIT = /\p{N}|\b[IVXLCDM]{2,}\b/gu;
/** What becomes letters or two numbers when it is made plain: Roman digits in one character, fractions. */
const ODD_DIGIT = /\p{Nl}|\p{No}/gu;

/** A word without its plural, so that "30 minutes" is "30 minute". */
const singular = (word: string | undefined) => (word ?? '').toLowerCase().replace(/s$/, '');

/**
 * Every number in a text: digits, and words such as "twenty" or "half". A digit that cannot be read as a number (of
 * another script, or within a word) is `NaN`, which nothing supports.
 */
export function numbersIn(text: string): TextNumber[] {
  const normal = text.normalize('NFKC');
  const found: TextNumber[] = [];
  const rest = normal.replace(DIGITS, (whole, sign, digits, percent, unit, at) => {
    const value = Number(String(digits).replaceAll(',', '')) * (sign ? -1 : 1);
    const decimals = String(digits).split('.')[1]?.length ?? 0;
    found.push({ value, decimals, percent: percent !== undefined, unit: singular(unit), at });
    return ' '.repeat(whole.length);
  });
  for (const match of [...rest.matchAll(OTHER_DIGIT), ...text.matchAll(ODD_DIGIT)]) {
    found.push({ value: Number.NaN, decimals: 0, percent: false, unit: '', at: match.index });
  }
  for (const match of normal.matchAll(WORD)) {
    const [, word, percent, unit] = match;
    const value = WORDS[word!.toLowerCase()]!;
    found.push({ value, decimals: 0, percent: percent !== undefined, unit: singular(unit), at: match.index });
  }
  return found.sort((a, b) => a.at - b.at);
}

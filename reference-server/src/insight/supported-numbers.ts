import type { InsightItem, InsightPredicate } from '@gaitway/contract';
import type { Evaluation } from './evaluate-predicate.ts';
import { numbersIn, type TextNumber } from './numbers-in-text.ts';

const MINUTE_MS = 60_000;

/** Words that must be there for the bound of a predicate to stand in a text, so that a bound is no measurement. */
const BOUND_WORDS = {
  atLeast: /\b(at least|or more)\b/i,
  atMost: /\b(at most|or fewer|or less|no more than)\b/i,
};

/** The numbers of a sentence that neither its predicate nor what it cites supports. */
export function unsupportedNumbers(
  text: string,
  predicate: InsightPredicate,
  { value, unit }: Evaluation,
  cited: readonly InsightItem[],
): TextNumber[] {
  const counts: number[] = [];
  const ratios: number[] = [];
  const phrases: TextNumber[] = [];
  const own = unit === 'count' ? counts : ratios;
  if (value !== null) own.push(value, Math.abs(value));
  if ('comparison' in predicate && predicate.comparison !== 'equals') {
    if (BOUND_WORDS[predicate.comparison].test(text)) own.push(predicate.value, Math.abs(predicate.value));
  }
  const numbers = numbersIn(text);
  // A text with numbers but not its own lets another one, which is cited too, stand for it.
  if (value !== null && !numbers.some((number) => isCount(number, counts) || isRatio(number, ratios))) {
    return numbers;
  }
  for (const item of cited) {
    switch (item.kind) {
      case 'window':
        break;
      case 'statistic':
        counts.push(item.windows, item.assessable, item.positive);
        if (item.meanProbability !== null) ratios.push(item.meanProbability);
        phrases.push(...spansOf(item.toMs - item.fromMs));
        break;
      case 'alert':
        phrases.push(...numbersIn(item.says));
        break;
      case 'medication':
        phrases.push(...numbersIn(`${item.doseMg} mg`));
        break;
      case 'exercise':
        phrases.push(...numbersIn(item.title), ...numbersIn(item.says));
    }
  }
  return numbers.filter(
    (number) =>
      !(
        isCount(number, counts) ||
        isRatio(number, ratios) ||
        phrases.some((phrase) => isSamePhrase(number, phrase))
      ),
  );
}

function isCount({ value, percent }: TextNumber, counts: readonly number[]): boolean {
  return !percent && counts.includes(value);
}

/** A ratio is told with two decimals or more, or in percent: rounded to a whole number 0.62 would be 1. */
function isRatio({ value, decimals, percent }: TextNumber, ratios: readonly number[]): boolean {
  const half = 0.5 * 10 ** -decimals + 1e-9;
  return ratios.some((ratio) =>
    percent
      ? Math.abs(100 * ratio - value) <= half
      : Math.abs(ratio - value) <= (decimals >= 2 ? half : 1e-9),
  );
}

/** A number out of a text stands for what it stood for there: "30 minutes" supports no 30 of anything else. */
function isSamePhrase(a: TextNumber, b: TextNumber): boolean {
  return a.value === b.value && a.percent === b.percent && a.unit === b.unit;
}

function spansOf(spanMs: number): TextNumber[] {
  const minutes = spanMs / MINUTE_MS;
  return numbersIn(`${minutes} minutes, ${minutes / 60} hours`);
}

import { METRIC_FORMS } from './metrics.ts';
import { didYouMean } from './nearest-name.ts';
import { OPERATORS, type Operator, type Statistic } from './slo.ts';
import type { SloProblem } from './slo-problem.ts';

export interface ParsedExpression {
  statistic?: Statistic;
  statisticColumn: number;
  operator?: Operator;
  limit?: number;
}

const STATISTIC_NAMES = [...new Set<string>(Object.values(METRIC_FORMS).flat())];
const PLAIN_NAMES = STATISTIC_NAMES.filter((name) => name !== 'p');
const STATISTIC = /\s*([A-Za-z_]\w*)?\s*(\(\s*([^)<>=!]*)(\))?)?/y;
const OPERATOR = /\s*([<>=!~]+)?/y;
const LIMIT = /\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)?/y;

/** Reads one expression of k6's threshold grammar: `p(95)<200`, `rate<=0.01`. Adds what is wrong to `problems`. */
export function parseExpression(text: string, column: number, problems: SloProblem[]): ParsedExpression {
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)!;
    at = pattern.lastIndex;
    return match;
  };
  const here = () => column + at + (text.length - at - text.slice(at).trimStart().length);
  const parsed: ParsedExpression = { statisticColumn: here() };
  if (text.trim() === '') {
    problems.push({ column: here(), says: 'there is no expression', hint: 'write one such as p(95)<200' });
    return parsed;
  }
  const statistic = readStatistic(next(STATISTIC), parsed.statisticColumn, problems);
  if (statistic !== undefined) parsed.statistic = statistic;

  const operatorColumn = here();
  const [, sign] = next(OPERATOR);
  // k6 knows both spellings.
  const operator = sign === '===' ? '==' : sign;
  if (operator !== undefined && (OPERATORS as readonly string[]).includes(operator))
    parsed.operator = operator as Operator;
  else {
    problems.push({
      column: operatorColumn,
      says: sign === undefined ? 'no operator follows the statistic' : `'${sign}' is no operator`,
      hint: sign === '=' ? 'write == for equal' : `use one of ${OPERATORS.join(' ')}`,
    });
  }

  const limitColumn = here();
  const [, number] = next(LIMIT);
  if (number !== undefined && Number.isFinite(Number(number))) parsed.limit = Number(number);
  else {
    problems.push({
      column: limitColumn,
      says: number === undefined ? 'no number follows the operator' : `${number} is too large a number`,
      hint: 'end with a number, such as 200',
    });
    if (number === undefined) return parsed;
  }
  const rest = text.slice(at).trim();
  if (rest !== '') problems.push({ column: here(), ...explainRest(rest) });
  return parsed;
}

function readStatistic(
  match: RegExpExecArray,
  column: number,
  problems: SloProblem[],
): Statistic | undefined {
  const [whole, name = '', brackets, inside = '', closed] = match;
  if (name === 'p') {
    const number = inside.trim();
    const percentile = Number(number);
    if (brackets === undefined || number === '' || !(percentile >= 0 && percentile <= 100)) {
      problems.push({
        column: column + (brackets === undefined ? 1 : whole.trimStart().indexOf('(') + 1),
        says:
          brackets === undefined || number === '' ? 'p needs its percentile' : `'${number}' is no percentile`,
        hint: 'write a number from 0 to 100 in brackets, such as p(95) or p(99.9)',
      });
      return undefined;
    }
    if (closed === undefined) {
      problems.push({
        column: column + whole.trim().length,
        says: "the '(' is never closed",
        hint: `write p(${number})`,
      });
      return undefined;
    }
    return { name: 'p', percentile };
  }
  if (!PLAIN_NAMES.includes(name)) {
    const short = /^p(\d+(?:\.\d+)?)$/.exec(name);
    const hint = short ? `write p(${short[1]})` : didYouMean(name, [...PLAIN_NAMES, 'p(N)']);
    problems.push({
      column,
      says: name === '' ? 'no statistic is named' : `there is no statistic '${name}'`,
      hint,
    });
    return undefined;
  }
  if (brackets !== undefined) {
    problems.push({
      column: column + name.length,
      says: `'${name}' takes no brackets`,
      hint: `write ${name} alone`,
    });
    return undefined;
  }
  return { name: name as Exclude<Statistic['name'], 'p'> };
}

function explainRest(rest: string): { says: string; hint: string } {
  if (/^(&&|\|\||and\b|or\b|,)/.test(rest)) {
    return {
      says: 'a threshold is one expression',
      hint: 'write each as a threshold of its own: all of them must hold',
    };
  }
  if (/^(ms|s|us|µs|%|min|m)\b|^%/.test(rest)) {
    return {
      says: `the number carries a unit, '${rest}'`,
      hint: 'leave it out: times are in ms, shares from 0 to 1',
    };
  }
  return { says: `'${rest}' stands behind the number`, hint: 'end with the number' };
}

import { SLO_METRICS, type SloMetric, type SloMetricKey, sloMetric } from './metrics.ts';
import { didYouMean } from './nearest-name.ts';
import { parseExpression } from './parse-expression.ts';
import { leastSamplesDefault, type Slo, statisticsOf } from './slo.ts';
import type { SloProblem } from './slo-problem.ts';

export type ParsedSlo = { ok: true; slo: Slo } | { ok: false; problems: SloProblem[] };

export interface SloWeight {
  severity?: Slo['severity'];
  leastSamples?: number;
}

export interface ParsedSelector {
  metric?: SloMetricKey;
  tags: Record<string, string>;
}

const METRIC_NAMES = Object.keys(SLO_METRICS);

/** Reads `metric` or `metric{tag:value,tag:value}` and adds what is wrong to `problems`. */
export function parseSelector(text: string, column: number, problems: SloProblem[]): ParsedSelector {
  const match = /^(\s*)([^\s{}]*)\s*(?:\{([^}]*)(\})?)?(.*)$/s.exec(text)!;
  const [, space = '', name = '', inside, closed, rest = ''] = match;
  const parsed: ParsedSelector = { tags: {} };
  if (!Object.hasOwn(SLO_METRICS, name)) {
    problems.push({
      column: column + space.length,
      says: name === '' ? 'no metric is named' : `there is no metric '${name}'`,
      hint: name === '' ? `begin with one of ${METRIC_NAMES.join(', ')}` : didYouMean(name, METRIC_NAMES),
    });
  } else parsed.metric = name as SloMetricKey;
  if (inside !== undefined) {
    const at = column + text.indexOf('{') + 1;
    if (closed === undefined) {
      problems.push({
        column: column + text.length,
        says: "the '{' is never closed",
        hint: "add a '}' behind the last tag",
      });
    }
    parseTags(inside, at, parsed, problems);
  }
  if (rest.trim() !== '') {
    problems.push({
      column: column + text.length - rest.trimStart().length,
      says: `'${rest.trim()}' does not belong to the name of a metric`,
      hint: "write metric{tag:value}, then ':' and an expression such as p(95)<200",
    });
  }
  return parsed;
}

function parseTags(text: string, column: number, parsed: ParsedSelector, problems: SloProblem[]): void {
  const row: SloMetric | undefined = parsed.metric === undefined ? undefined : sloMetric(parsed.metric);
  const known = row?.tags ?? {};
  let at = column;
  for (const pair of text.split(',')) {
    const start = at + (pair.length - pair.trimStart().length);
    at += pair.length + 1;
    const match = /^\s*([^:\s]+)\s*:\s*([^:\s]+)\s*$/.exec(pair);
    if (match === null) {
      problems.push({ column: start, says: `'${pair.trim()}' is not a tag`, hint: 'write tag:value' });
      continue;
    }
    const [, tag = '', value = ''] = match;
    const values = Object.hasOwn(known, tag) ? known[tag] : undefined;
    if (row !== undefined && values === undefined) {
      const names = Object.keys(known);
      const hint =
        names.length === 0 ? `${parsed.metric} has no tags: leave out the braces` : didYouMean(tag, names);
      problems.push({ column: start, says: `${parsed.metric} has no tag '${tag}'`, hint });
    } else if (values !== undefined && !values.includes(value)) {
      const column = start + pair.trimStart().lastIndexOf(value);
      problems.push({
        column,
        says: `'${value}' is no value of the tag '${tag}'`,
        hint: didYouMean(value, values),
      });
    } else if (Object.hasOwn(parsed.tags, tag)) {
      problems.push({ column: start, says: `the tag '${tag}' comes twice`, hint: 'keep one of them' });
    } else parsed.tags[tag] = value;
  }
}

/** Puts a selector and an expression together; the expression begins at `column`. */
export function parseParts(
  selector: { text: string; column: number },
  expression: { text: string; column: number },
  weight: SloWeight = {},
): ParsedSlo {
  const problems: SloProblem[] = [];
  const { metric, tags } = parseSelector(selector.text, selector.column, problems);
  const parsed = parseExpression(expression.text, expression.column, problems);
  if (metric !== undefined && parsed.statistic !== undefined) {
    const allowed = statisticsOf(metric);
    const name = parsed.statistic.name === 'p' ? 'p(N)' : parsed.statistic.name;
    if (!allowed.includes(name)) {
      problems.push({
        column: parsed.statisticColumn,
        says: `'${name}' cannot be asked of ${metric}`,
        hint: `${metric} gives: ${allowed.join(', ')}`,
      });
    }
  }
  const { leastSamples } = weight;
  if (leastSamples !== undefined && !(Number.isInteger(leastSamples) && leastSamples >= 1)) {
    problems.push({
      column: expression.column,
      says: `leastSamples is ${leastSamples}`,
      hint: 'give a whole number of at least 1: a threshold without samples is never a pass',
    });
  }
  const { statistic, operator, limit } = parsed;
  if (
    problems.length > 0 ||
    metric === undefined ||
    statistic === undefined ||
    operator === undefined ||
    limit === undefined
  ) {
    return { ok: false, problems: problems.sort((one, other) => one.column - other.column) };
  }
  return {
    ok: true,
    slo: {
      metric,
      tags,
      statistic,
      operator,
      limit,
      severity: weight.severity ?? 'must',
      leastSamples: leastSamples ?? leastSamplesDefault(statistic),
    },
  };
}

/**
 * Reads `metric{tag:value}: p(95)<200`, k6's grammar on one line. Gives every problem there is, each with
 * its column; never throws.
 */
export function parseSlo(text: string, weight: SloWeight = {}): ParsedSlo {
  const brace = text.indexOf('}');
  const colon = text.indexOf(':', text.includes('{') ? Math.max(brace, 0) : 0);
  if (colon < 0 || (text.includes('{') && brace < 0)) {
    const problems: SloProblem[] = [];
    parseSelector(text.split(/(?<=[\w}])\s+/)[0] ?? '', 1, problems);
    problems.push({
      column: text.length + 1,
      says: "no ':' parts the metric from its expression",
      hint: 'write it like ack_latency: p(95)<200',
    });
    return { ok: false, problems };
  }
  return parseParts(
    { text: text.slice(0, colon), column: 1 },
    { text: text.slice(colon + 1), column: colon + 2 },
    weight,
  );
}

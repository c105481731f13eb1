import { didYouMean } from './nearest-name.ts';
import { parseParts, type SloWeight } from './parse-slo.ts';
import type { Slo } from './slo.ts';
import type { SloProblem } from './slo-problem.ts';

/** A problem, and the key or index under which it stands: `['ack_latency'][1].threshold`. */
export interface ThresholdProblem extends SloProblem {
  path: string;
}

const FIELDS = ['threshold', 'severity', 'leastSamples', 'abortOnFail', 'delayAbortEval'];

/**
 * Reads k6's `thresholds` option as it is pasted from a script: metric to a list of expressions, each a
 * text or `{ threshold, severity, leastSamples }`. Columns count within the text that `path` names.
 * All that is wrong is returned; what is right is returned beside it.
 */
export function parseThresholds(thresholds: unknown): { slos: Slo[]; problems: ThresholdProblem[] } {
  const slos: Slo[] = [];
  const problems: ThresholdProblem[] = [];
  if (typeof thresholds !== 'object' || thresholds === null || Array.isArray(thresholds)) {
    const hint = "write { 'ack_latency': ['p(95)<200'] }";
    return { slos, problems: [{ path: '', column: 1, says: 'thresholds are not an object', hint }] };
  }
  for (const [selector, list] of Object.entries(thresholds)) {
    const entries: unknown[] = Array.isArray(list) ? list : [list];
    if (entries.length === 0) {
      const path = `['${selector}']`;
      problems.push({
        path,
        column: 1,
        says: 'the list is empty',
        hint: 'give it an expression, or leave out the metric',
      });
    }
    entries.forEach((entry, index) => {
      const path = `['${selector}'][${index}]`;
      const read = readEntry(entry, path, problems);
      if (read === undefined) return;
      const parsed = parseParts(
        { text: selector, column: 1 },
        { text: read.threshold, column: 1 },
        read.weight,
      );
      if (parsed.ok) slos.push(parsed.slo);
      else problems.push(...parsed.problems.map((problem) => ({ ...problem, path })));
    });
  }
  return { slos, problems };
}

function readEntry(
  entry: unknown,
  path: string,
  problems: ThresholdProblem[],
): { threshold: string; weight: SloWeight } | undefined {
  if (typeof entry === 'string') return { threshold: entry, weight: {} };
  const before = problems.length;
  const wrong = (field: string, says: string, hint: string) =>
    problems.push({ path: field === '' ? path : `${path}.${field}`, column: 1, says, hint });
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    wrong('', 'this is not a threshold', "write 'p(95)<200' or { threshold: 'p(95)<200' }");
    return undefined;
  }
  const fields = entry as Record<string, unknown>;
  for (const field of Object.keys(fields)) {
    if (!FIELDS.includes(field)) wrong(field, `a threshold has no '${field}'`, didYouMean(field, FIELDS));
  }
  if (fields.abortOnFail !== undefined && fields.abortOnFail !== false) {
    wrong('abortOnFail', 'a run is judged at its end, never aborted', 'leave out abortOnFail');
  }
  const weight: SloWeight = {};
  if (fields.severity === 'must' || fields.severity === 'should') weight.severity = fields.severity;
  else if (fields.severity !== undefined)
    wrong('severity', 'this is no severity', "write 'must' or 'should'");
  if (typeof fields.leastSamples === 'number') weight.leastSamples = fields.leastSamples;
  else if (fields.leastSamples !== undefined)
    wrong('leastSamples', 'this is not a number', 'write a whole number');
  if (typeof fields.threshold !== 'string')
    wrong('threshold', 'the expression is missing', "write 'p(95)<200'");
  return problems.length > before ? undefined : { threshold: fields.threshold as string, weight };
}

import { EXIT_CODE, type ExitCode } from '../exit-codes.ts';

/**
 * What can be said of a claim, an SLO or a whole run, from best to worst: the order is the rank.
 *
 * - holds: measured, with enough samples, and as promised.
 * - no-verdict: an input is missing, and it is named.
 * - invalid: the generator was the bottleneck, or there are too few samples. Not slow and not fast.
 * - fails: measured, and not as promised.
 */
export const VERDICTS = ['holds', 'no-verdict', 'invalid', 'fails'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** `must` decides; `should` is printed only; `declared` cannot be checked and is listed. */
export const SEVERITIES = ['must', 'should', 'declared'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What an item is about: in an invalid run only the audit can still say `fails`. */
export const SUBJECTS = ['latency', 'freshness', 'load', 'cost', 'audit', 'grade', 'generator'] as const;
export type Subject = (typeof SUBJECTS)[number];

export interface VerdictItem {
  subject: Subject;
  severity: Severity;
  verdict: Verdict;
}

/** The worse of the two. */
export function worseVerdict(one: Verdict, other: Verdict): Verdict {
  return VERDICTS.indexOf(one) >= VERDICTS.indexOf(other) ? one : other;
}

/**
 * What an item's verdict is worth in a run whose generator was valid or not. A generator that lagged
 * makes times and costs meaningless; what the audit found in the archive it found all the same.
 */
export function verdictInRun(
  item: Pick<VerdictItem, 'subject' | 'verdict'>,
  generatorValid: boolean,
): Verdict {
  return generatorValid || item.subject === 'audit' ? item.verdict : 'invalid';
}

/**
 * The verdict of a run: the worst of its *must* items, `fails` > `invalid` > `no-verdict` > `holds`.
 * *Should* and *declared* items do not count; without one *must* item there is no verdict. In an invalid
 * run only the audit can still say `fails`; the rest of it is `invalid`.
 */
export function combineVerdicts(items: readonly VerdictItem[], generatorValid: boolean): Verdict {
  const deciding = items.filter(({ severity }) => severity === 'must');
  if (deciding.length === 0) return 'no-verdict';
  const start: Verdict = generatorValid ? 'holds' : 'invalid';
  return deciding.reduce<Verdict>(
    (worst, item) => worseVerdict(worst, verdictInRun(item, generatorValid)),
    start,
  );
}

const EXIT_CODE_OF: Readonly<Record<Verdict, ExitCode>> = {
  holds: EXIT_CODE.holds,
  'no-verdict': EXIT_CODE.noVerdict,
  invalid: EXIT_CODE.invalid,
  fails: EXIT_CODE.fails,
};

/** The exit code of a command that ends with a verdict. An interrupted run says so, whatever it found. */
export function exitCodeOfVerdict(
  verdict: Verdict,
  options: { interrupted?: boolean; allowNoVerdict?: boolean } = {},
): ExitCode {
  if (options.interrupted) return EXIT_CODE.interrupted;
  if (verdict === 'no-verdict' && options.allowNoVerdict) return EXIT_CODE.holds;
  return EXIT_CODE_OF[verdict];
}

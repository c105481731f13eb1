import type { RunRecord, SloResult, Verdict } from '@gaitway/contract';

/** What every rendering of a verdict is made from. */
export interface VerdictReport {
  scenario: string;
  seed: number;
  patients: number;
  verdict: Verdict;
  results: SloResult[];
  /** Why the run is invalid, one sentence each. */
  generatorReasons: string[];
  interrupted: boolean;
}

export function verdictReportOf(record: RunRecord): VerdictReport {
  const { scenario, seed, patients, verdict, verdicts: results, generator, interrupted } = record;
  return { scenario, seed, patients, verdict, results, generatorReasons: generator.reasons, interrupted };
}

/** `no verdict`: as a person writes it. */
export function verdictText(verdict: Verdict): string {
  return verdict.replace('-', ' ');
}

const COUNTED: Readonly<Record<Verdict, [one: string, more: string]>> = {
  holds: ['holds', 'hold'],
  fails: ['fails', 'fail'],
  invalid: ['is invalid', 'are invalid'],
  'no-verdict': ['has no verdict', 'have no verdict'],
};

/** One line that says how the verdict came about: `Of 5 that must hold: 4 hold, 1 fails`. */
export function verdictSummary({
  results,
  interrupted,
}: Pick<VerdictReport, 'results' | 'interrupted'>): string {
  const deciding = results.filter(({ severity }) => severity === 'must');
  const parts = (['holds', 'fails', 'invalid', 'no-verdict'] as const).flatMap((verdict) => {
    const count = deciding.filter((result) => result.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${COUNTED[verdict][count === 1 ? 0 : 1]}`];
  });
  const said =
    parts.length === 0
      ? 'Nothing that must hold was stated'
      : `Of ${deciding.length} that must hold: ${parts.join(', ')}`;
  return interrupted ? `${said}; the run was interrupted` : said;
}

import { AUDIT_FAULTS, type RunAudit, type RunRecord } from '@gaitway/contract';
import { type BenchRow, rowOf, spreadOf } from './row.ts';

const NONE = { goal: { of: 'value', atMost: 0 } } as const;

/** How many of several runs of one scenario came to what verdict. */
export function rowsOfVerdicts(verdicts: readonly RunRecord['verdict'][]): BenchRow[] {
  const counted = (what: string, verdict: RunRecord['verdict']) => {
    const count = verdicts.filter((each) => each === verdict).length;
    return rowOf(`${what} of ${verdicts.length}`, '', spreadOf([count]), NONE);
  };
  return [
    counted('invalid runs', 'invalid'),
    counted('failed runs', 'fails'),
    counted('runs without a verdict', 'no-verdict'),
  ];
}

/** What broke a promise in an audit. Where the audit gave no verdict, nothing found means nothing: no figure then. */
export function rowOfFaults(
  name: string,
  audit: Pick<RunAudit, 'verdict' | (typeof AUDIT_FAULTS)[number]>,
): BenchRow {
  const found = AUDIT_FAULTS.reduce((sum, category) => sum + audit[category], 0);
  const isKnown = found > 0 || audit.verdict !== 'no-verdict';
  return rowOf(
    `${name}, readings lost, duplicated, phantom, misattributed or wrong, and viewers shown too little or too much`,
    '',
    spreadOf(isKnown ? [found] : []),
    NONE,
  );
}

/** Why a run does not hold, one sentence each. */
export function reasonsOf({
  verdict,
  verdicts,
  generator,
  audit,
}: Pick<RunRecord, 'verdict' | 'verdicts' | 'generator' | 'audit'>): string[] {
  if (verdict === 'holds') return [];
  return [
    ...verdicts
      .filter((each) => each.verdict !== 'holds')
      .map(({ metric, expression, ...each }) => `${metric} ${expression}: ${each.verdict}`),
    ...generator.reasons,
    ...audit.reasons,
  ];
}

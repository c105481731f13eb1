import { AUDIT_FAULTS } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { reasonsOf, rowOfFaults, rowsOfVerdicts } from './run-rows.ts';

const noFaults = {
  ...{ lost: 0, duplicated: 0, phantom: 0, misattributed: 0, wrongContent: 0 },
  ...{ staleAtViewer: 0, seenByForbiddenViewer: 0 },
};
const results = (...verdicts: Parameters<typeof rowsOfVerdicts>[0]) =>
  rowsOfVerdicts(verdicts).map(({ median, result }) => [median, result]);

describe('the rows of whole runs', () => {
  it('count each verdict but holds, and allow none of them', () => {
    expect(results('holds', 'holds')).toEqual([
      [0, 'met'],
      [0, 'met'],
      [0, 'met'],
    ]);
    expect(results('holds', 'invalid', 'no-verdict', 'invalid', 'fails')).toEqual([
      [2, 'missed'],
      [1, 'missed'],
      [1, 'missed'],
    ]);
  });

  it('say met of an audit that compared everything and found nothing', () => {
    expect(rowOfFaults('run', { verdict: 'holds', ...noFaults })).toMatchObject({ median: 0, result: 'met' });
  });

  it.each(AUDIT_FAULTS)('say missed where the audit found something %s', (category) => {
    expect(rowOfFaults('run', { verdict: 'fails', ...noFaults, [category]: 3 })).toMatchObject({
      ...{ median: 3, result: 'missed' },
    });
  });

  it('say missed, with no figure, of an audit without a verdict', () => {
    const row = rowOfFaults('run', { verdict: 'no-verdict', ...noFaults });
    expect(row).toMatchObject({ median: Number.NaN, result: 'missed' });
  });

  it('name why a run does not hold', () => {
    const generator = { valid: true, reasons: [], processes: [] };
    const slo = { metric: 'audit', expression: 'count==0', verdict: 'no-verdict' };
    const record = {
      ...{ verdict: 'no-verdict', verdicts: [slo], generator },
      audit: { reasons: ['the archive could not be read'] },
    } as unknown as Parameters<typeof reasonsOf>[0];
    expect(reasonsOf(record)).toEqual(['audit count==0: no-verdict', 'the archive could not be read']);
    expect(reasonsOf({ ...record, verdict: 'holds' })).toEqual([]);
  });
});

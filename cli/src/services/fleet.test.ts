import type { RunRecord } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { lacksOnlyAnExport } from './fleet.ts';

type Verdicts = Record<string, RunRecord['verdict']>;

/** A fleet whose audit is left open for these reasons, and whose other promises were kept. */
function fleetWith(audit: Partial<RunRecord['audit']>, verdicts: Verdicts = { audit: 'no-verdict' }) {
  const results = Object.entries(verdicts).map(([metric, verdict]) => ({ metric, verdict }));
  return { audit: { reasons: ['open'], ...audit }, verdicts: results } as Parameters<
    typeof lacksOnlyAnExport
  >[0];
}

describe('a fleet without a verdict', () => {
  it('is no failure where the target has no export', () => {
    expect(lacksOnlyAnExport(fleetWith({ noExport: true }))).toBe(true);
  });

  it('is one where the target was read, or its export broke', () => {
    expect(lacksOnlyAnExport(fleetWith({ stillOpen: 97 }))).toBe(false);
    expect(lacksOnlyAnExport(fleetWith({}))).toBe(false);
  });

  it('is one where something else is open beside that: viewers, the ledger', () => {
    expect(lacksOnlyAnExport(fleetWith({ noExport: true, reasons: ['no export', 'two viewers'] }))).toBe(
      false,
    );
  });

  it('is one where another load was played', () => {
    const verdicts: Verdicts = { audit: 'no-verdict', readings_made: 'no-verdict' };
    expect(lacksOnlyAnExport(fleetWith({ noExport: true }, verdicts))).toBe(false);
  });
});

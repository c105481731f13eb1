import type { RunAudit } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { withWhatViewersSaw } from './viewers-of-run.ts';

const example = (category: RunAudit['examples'][number]['category'], says: string) => ({
  ...{ category, says, patient: 'p1', startMs: 1, identities: [], expected: '', found: '' },
});

function auditOf(changes: Partial<RunAudit> = {}): RunAudit {
  return {
    ...{ verdict: 'holds', reasons: [], lost: 0, duplicated: 0, phantom: 0, misattributed: 0 },
    ...{ wrongContent: 0, late: 0, droppedByDevice: 0, unacknowledgedButStored: 0 },
    ...{ staleAtViewer: 0, seenByForbiddenViewer: 0, foreign: 0, notJudged: 0 },
    compared: { readings: 9, stored: 9, windows: { complete: 3, partial: 1 }, recomputed: 1, watched: 0 },
    ledger: { made: 9, acknowledged: 9, dropped: 0, refused: 0, unacknowledged: 0 },
    examples: [],
    ...changes,
  };
}

/** What the run itself found, with four pairs watched, and the audit after it finds the archive clean. */
function later(recorded: Partial<RunAudit>, viewers = 2): RunAudit {
  const compared = { ...auditOf().compared, watched: 4 };
  const atViewers = { phantom: 0, reasons: [] };
  return withWhatViewersSaw(auditOf(), { audit: auditOf({ atViewers, compared, ...recorded }), viewers });
}

describe('a later audit', () => {
  it('holds when viewers saw what they should', () => {
    expect(later({})).toMatchObject({ verdict: 'holds', compared: { watched: 4, stored: 9 } });
  });

  it('fails on what a viewer saw that nobody sent, and shows it', () => {
    const atViewer = example('phantom', 'Viewer doctor-1 saw a reading of patient p1 that nobody sent.');
    const inArchive = example('phantom', 'Patient p1, window 1: 3 that no device made and sent.');
    const audit = later({
      verdict: 'fails',
      phantom: 4,
      atViewers: { phantom: 1, reasons: [] },
      examples: [inArchive, atViewer],
    });
    expect(audit).toMatchObject({ verdict: 'fails', phantom: 1, examples: [atViewer] });
  });

  it('fails on a stale viewer, and on one who saw a forbidden patient', () => {
    for (const category of ['staleAtViewer', 'seenByForbiddenViewer'] as const) {
      const examples = [example(category, 'Viewer doctor-1 did.')];
      expect(later({ [category]: 2, examples })).toMatchObject({
        ...{ verdict: 'fails', [category]: 2, examples },
      });
    }
  });

  it('leaves open what the run left open about viewers, and nothing else', () => {
    const reason = '1 viewers never came to watch anyone, so nothing shows what they missed';
    const audit = later({
      verdict: 'no-verdict',
      reasons: ['the archive could not be read', reason],
      atViewers: { phantom: 0, reasons: [reason] },
    });
    expect(audit).toMatchObject({ verdict: 'no-verdict', reasons: [reason] });
  });

  it('leaves open what viewers saw where the record does not tell, unless there were none', () => {
    const record = (viewers: number) => ({ audit: auditOf({ verdict: 'no-verdict' }), viewers });
    expect(withWhatViewersSaw(auditOf(), record(0)).verdict).toBe('holds');
    const { verdict, reasons } = withWhatViewersSaw(auditOf(), record(3));
    expect(verdict).toBe('no-verdict');
    expect(reasons).toEqual([expect.stringMatching(/does not say what viewers saw/)]);
  });
});

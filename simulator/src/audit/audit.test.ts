import type { WindowDocument } from '@gaitway/contract';
import { AUDIT_FAULTS } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { readLedger } from '../ledger/ledger-reader.ts';
import { AuditError, audit } from './audit.ts';
import { counts } from './testing/counts.ts';
import { type History, ledgerOf, makeHistory, writeHistory } from './testing/history.ts';
import { documentsOf, foldedOf, honestDocuments } from './testing/model-archive.ts';

const troubled = { dropped: 0.05, refused: 0.02, unacknowledged: 0.03, late: 0.05, reboots: 0.02 };

async function auditOf(history: History, documents: WindowDocument[] = honestDocuments(history)) {
  return audit(ledgerOf(history), [documents]);
}

describe('the audit of an honest archive', () => {
  it('holds when every reading was acknowledged and stored', async () => {
    const history = makeHistory();
    const result = await auditOf(history);
    expect(counts(result)).toEqual({});
    expect(result.verdict).toBe('holds');
    expect(result.reasons).toEqual([]);
    expect(result.compared.readings).toBe(history.told.length);
    expect(result.compared.stored).toBe(history.told.length);
    expect(result.compared.windows.complete).toBeGreaterThan(0);
    expect(result.compared.windows.partial).toBe(history.patients);
  });

  it('holds, and counts what nobody has to answer for, when devices dropped, restarted and came late', async () => {
    const history = makeHistory({ ...troubled, patients: 20, workers: 3 });
    const result = await auditOf(history);
    const { told } = history;
    expect(result.verdict).toBe('holds');
    expect(counts(result)).toEqual({
      late: told.filter(({ late }) => late).length,
      droppedByDevice: told.filter(({ outcome }) => outcome === 'dropped').length,
      unacknowledgedButStored: told.filter(({ outcome, stored }) => stored && outcome !== 'acknowledged')
        .length,
    });
    expect(result.compared.stored).toBe(told.filter(({ stored }) => stored).length);
  });

  it('recomputes the aggregates of the sampled windows', async () => {
    const history = makeHistory({ patients: 60, ...troubled });
    const result = await auditOf(history);
    expect(result.compared.recomputed).toBeGreaterThan(0);
    expect(result.verdict).toBe('holds');
  });

  it('recomputes windows of features and raw chunks together, and of raw chunks alone', async () => {
    for (const raw of [0.3, 1]) {
      const history = makeHistory({ patients: 12, raw, ...troubled });
      const result = await auditOf(history);
      expect(result.verdict).toBe('holds');
      expect(result.compared.recomputed).toBeGreaterThan(2);
    }
  });

  it('says the same however many workers wrote the ledger', async () => {
    const one = await auditOf(makeHistory({ ...troubled, workers: 1 }));
    const four = await auditOf(makeHistory({ ...troubled, workers: 4 }));
    expect({ ...four, examples: [] }).toEqual({ ...one, examples: [] });
  });

  it('takes patients in any order, and refuses documents of a patient that do not come in a row', async () => {
    const history = makeHistory({ patients: 3 });
    const documents = honestDocuments(history);
    expect((await auditOf(history, [...documents].reverse())).verdict).toBe('holds');
    const torn = [...documents.slice(1), documents[0]!];
    await expect(auditOf(history, torn)).rejects.toThrow(AuditError);
  });
});

describe('an archive that cannot be audited', () => {
  it('is refused with what is missing, and of whom', async () => {
    const history = makeHistory({ patients: 2 });
    for (const [field, says] of [
      ['identities', 'has no list of identities'],
      ['digest', 'has no digest'],
      ['readings', 'does not say how many readings'],
    ] as const) {
      const documents = honestDocuments(history);
      const stripped = { ...documents[0], [field]: undefined } as unknown as WindowDocument;
      await expect(auditOf(history, documents.with(0, stripped))).rejects.toThrow(says);
    }
    const nothing = null as unknown as WindowDocument;
    await expect(auditOf(history, [nothing])).rejects.toThrow('a document is no object');
  });
});

describe('an audit without a verdict', () => {
  it('is one that compared no complete window', async () => {
    const history = makeHistory({
      readings: 2,
      window: { windowMs: 60_000, windowOriginMs: 1_750_000_000_000, windowPhaseSpreadMs: 0 },
    });
    const documents = documentsOf(foldedOf(history), history.window);
    const result = await auditOf(history, documents);
    expect(result.verdict).toBe('no-verdict');
    expect(result.reasons).toEqual(['not one complete window was compared']);
  });

  it('is not given where a reading is lost: that fails, complete window or not', async () => {
    const history = makeHistory({ readings: 2 });
    const result = await auditOf(history, []);
    expect(result.verdict).toBe('fails');
    expect(counts(result)).toEqual({ lost: history.told.length });
  });

  it('is one that recomputed no content, as when the frames that were kept are gone', async () => {
    const history = makeHistory();
    const [readings, frames] = writeHistory(history).map((file) => Buffer.concat([...file.chunks()]));
    const headerBytes = 12 + frames!.readUInt32LE(8) + 4;
    const files = [readings!, frames!.subarray(0, headerBytes)].map((bytes, i) => {
      return { name: `file ${i}`, chunks: () => [bytes] };
    });
    const result = await audit(readLedger(files), [honestDocuments(history)]);
    expect(counts(result)).toEqual({});
    expect(result.verdict).toBe('no-verdict');
    expect(result.reasons).toEqual([
      expect.stringMatching(/^the frames file of worker 0 holds 0 of the \d+ frames it kept$/),
      'of no window the content was recomputed from what was sent',
    ]);
  });

  it('is one whose ledger breaks off, and what that ledger cannot know is not called a phantom', async () => {
    const history = makeHistory({ workers: 2, patients: 40, readings: 200 });
    const files = writeHistory(history);
    const whole = Buffer.concat([...files[0]!.chunks()]);
    const cut = { name: 'cut', chunks: () => [whole.subarray(0, whole.length - 500)] };
    const result = await audit(readLedger([cut, ...files.slice(1)]), [honestDocuments(history)]);
    expect(AUDIT_FAULTS.filter((category) => result[category] > 0)).toEqual([]);
    expect(result.notJudged).toBeGreaterThan(0);
    expect(result.verdict).toBe('no-verdict');
    expect(result.reasons.join('\n')).toContain('cut breaks off');
  });
});

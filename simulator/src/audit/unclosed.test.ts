import type { WindowDocument } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { type AuditOptions, audit } from './audit.ts';
import { counts } from './testing/counts.ts';
import { ledgerOf, makeHistory } from './testing/history.ts';
import { documentsOf, foldedOf, honestDocuments } from './testing/model-archive.ts';
import { heldMsMax } from './unclosed.ts';
import { ViewerObservations } from './viewer-observations.ts';

/** Twenty minutes of eight patients, each with one window a minute. */
const history = makeHistory({ readings: 240 });
const honest = honestDocuments(history);
const unclosed = { because: 'it answered 404', heldMs: heldMsMax(history.slotMs, 0) };

/** A server that closes windows by their time alone: the newest of each patient are still open. */
const byTimeAlone = (documents: WindowDocument[]) => documents.filter(({ complete }) => complete);
const readingsOf = (documents: WindowDocument[]) =>
  documents.reduce((sum, { readings }) => sum + readings, 0);
const auditOf = (documents: WindowDocument[], more: AuditOptions = { unclosed }) =>
  audit(ledgerOf(history), [documents], more);
/** The document of a patient, counted from the newest that was closed by its time. */
const beforeNewest = (patient: string, windows: number) =>
  byTimeAlone(honest)
    .filter((document) => document.patient === patient)
    .at(-1 - windows)!;

describe('an audit of windows that could not all be closed', () => {
  it('calls nothing lost that lies in the windows that were open: no verdict, and why', async () => {
    const documents = byTimeAlone(honest);
    const open = readingsOf(honest) - readingsOf(documents);
    expect(open).toBeGreaterThan(0);
    const result = await auditOf(documents);
    expect(counts(result)).toEqual({});
    expect(result).toMatchObject({ verdict: 'no-verdict', stillOpen: open, notClosed: 'it answered 404' });
    expect(result.reasons).toEqual([
      `${open} acknowledged readings are missing from windows that may still have been open: nobody knows whether they are lost, since open windows were not closed (it answered 404)`,
    ]);
    expect(counts(await auditOf(documents, {}))).toEqual({ lost: open });
  });

  it('holds when every reading is there all the same', async () => {
    expect(await auditOf(honest)).toMatchObject({ verdict: 'holds', stillOpen: 0 });
  });

  it('still finds what is missing from a window that was certainly closed', async () => {
    const gone = foldedOf(history)[8 * 30]!;
    const documents = documentsOf(
      foldedOf(history).filter(({ bytes }) => bytes !== gone.bytes),
      history.window,
    );
    const result = await auditOf(byTimeAlone(documents));
    expect(counts(result)).toEqual({ lost: 1 });
    expect(result.verdict).toBe('fails');
    const windowGone = await auditOf(
      byTimeAlone(honest).filter((document) => document !== beforeNewest('patient-3', 3)),
    );
    expect(counts(windowGone)).toEqual({ lost: 12 });
  });

  it('does not judge a window that a reading held by its device may still amend', async () => {
    const amended = beforeNewest('patient-3', 1);
    const result = await auditOf(byTimeAlone(honest).filter((document) => document !== amended));
    expect(result).toMatchObject({ lost: 0, verdict: 'no-verdict' });
    expect(result.reasons).toHaveLength(1);
  });

  it('is certain of nothing where the server told devices another rate, until all was due', async () => {
    const documents = byTimeAlone(honest).filter((document) => document !== beforeNewest('patient-3', 3));
    const slowed = { ...unclosed, heldMs: heldMsMax(history.slotMs, 1) };
    expect(await auditOf(documents, { unclosed: slowed })).toMatchObject({ lost: 0, verdict: 'no-verdict' });
    const dueThroughMs = Math.max(...honest.map(({ endMs }) => endMs));
    expect((await auditOf(documents, { unclosed: { ...slowed, dueThroughMs } })).lost).toBeGreaterThan(0);
  });

  it('says what would tell later whether readings are lost', async () => {
    const advised = { ...unclosed, advice: 'audit again' };
    const { reasons, notClosed } = await auditOf(byTimeAlone(honest), { unclosed: advised });
    expect(reasons[0]).toMatch(/not closed \(it answered 404; audit again\)$/);
    expect(notClosed).toBe('it answered 404');
  });

  it('believes nothing of a patient of whom nothing was archived, until all was due for certain', async () => {
    const documents = byTimeAlone(honest).filter(({ patient }) => patient !== 'patient-5');
    expect(counts(await auditOf(documents))).toEqual({});
    const dueThroughMs = Math.max(...honest.map(({ endMs }) => endMs));
    const later = await auditOf(documents, { unclosed: { ...unclosed, dueThroughMs } });
    expect(later).toMatchObject({ verdict: 'fails', stillOpen: 0 });
    expect(later.lost).toBe(readingsOf(honest) - readingsOf(documents));
  });

  it('still finds duplicates, foreign readings and false content in the windows that are there', async () => {
    const twice = foldedOf(history)[100]!;
    const duplicated = byTimeAlone(documentsOf([...foldedOf(history), twice], history.window));
    expect(counts(await auditOf(duplicated))).toEqual({ duplicated: 1 });
    const other = foldedOf(history).map((one, i) => (i === 100 ? { ...one, patient: 'patient-1' } : one));
    expect(counts(await auditOf(byTimeAlone(documentsOf(other, history.window))))).toEqual({
      misattributed: 1,
    });
  });
});

const wardOf = () => 'ward-1';
const warded = (documents: WindowDocument[]) =>
  documents.map((document) => ({ ...document, ward: 'ward-1' }));

/** A viewer of one patient, who saw what `saw` lets through. */
function viewerOf(patient: string, saw: (kind: 'reading' | 'window', startMs: number) => boolean) {
  const viewers = new ViewerObservations(wardOf);
  viewers.admit({ viewer: 'doctor-1', patients: [], wards: ['ward-1'] });
  viewers.watch('doctor-1', patient);
  for (const { patientIndex, startMs } of history.told) {
    if (`patient-${patientIndex}` !== patient || !saw('reading', startMs)) continue;
    viewers.observe('doctor-1', 'reading', patient, startMs, 0, startMs);
  }
  for (const { patient: whose, startMs, revision } of honest) {
    if (whose !== patient || !saw('window', startMs)) continue;
    viewers.observe('doctor-1', 'window', patient, startMs, revision, startMs);
  }
  return viewers;
}

describe('what viewers saw of windows that could not all be closed', () => {
  const newestMs = beforeNewest('patient-2', 0).startMs;
  const archived = warded(honest);

  it('is not stale for want of what may have come after they left: no verdict, and why', async () => {
    const viewers = viewerOf('patient-2', (kind, startMs) => kind === 'reading' || startMs < newestMs);
    // They have left, so a later audit would tell nothing: it is not advised.
    const result = await auditOf(archived, { viewers, unclosed: { ...unclosed, advice: 'audit again' } });
    expect(counts(result)).toEqual({});
    expect(result.verdict).toBe('no-verdict');
    expect(result.reasons).toEqual([
      '1 pairs of viewer and patient had not seen the newest that there was when the viewers left, and nobody knows whether it would have come: open windows were not closed (it answered 404)',
    ]);
    expect(result.atViewers).toEqual({ phantom: 0, reasons: result.reasons });
    expect(counts(await auditOf(archived, { viewers }))).toEqual({ staleAtViewer: 1 });
  });

  it('is stale where a window was not shown that was certainly closed before', async () => {
    const frozen = viewerOf('patient-2', (_, startMs) => startMs < newestMs - 300_000);
    const result = await auditOf(archived, { viewers: frozen, unclosed });
    expect(counts(result)).toEqual({ staleAtViewer: 1 });
    expect(result.verdict).toBe('fails');
  });

  it('is stale where every window was shown and no reading of one that was certainly closed, or later', async () => {
    const blindToReadings = viewerOf('patient-2', (kind) => kind === 'window');
    const result = await auditOf(archived, { viewers: blindToReadings, unclosed });
    expect(counts(result)).toEqual({ staleAtViewer: 1 });
    expect(result.verdict).toBe('fails');
  });

  it('is stale of whom the server never let them watch: no time would have brought it', async () => {
    const viewers = viewerOf('patient-2', () => true);
    viewers.ask('doctor-1', 'patient-3');
    const nothingClosed = { ...unclosed, heldMs: Number.POSITIVE_INFINITY };
    const result = await auditOf(archived, { viewers, unclosed: nothingClosed });
    expect(counts(result)).toEqual({ staleAtViewer: 1 });
  });
});

describe('an archive that could not be read', () => {
  const unread = 'the archive could not be read: it answered 500';

  it('leaves the verdict open, with that reason, and calls nothing lost', async () => {
    const viewers = viewerOf('patient-2', () => true);
    const result = await auditOf([], { viewers, unread });
    expect(counts(result)).toEqual({});
    expect(result).toMatchObject({ verdict: 'no-verdict', reasons: [unread], stillOpen: 0 });
    expect(result.compared.readings).toBe(history.told.length);
  });

  it('hides no foreign patient whom a viewer was shown, and no reading that nobody sent', async () => {
    const viewers = viewerOf('patient-2', () => true);
    viewers.admit({ viewer: 'stranger', patients: ['patient-1'], wards: [] });
    viewers.observe('stranger', 'reading', 'patient-2', history.startMs, 0, history.startMs);
    viewers.observe('doctor-1', 'reading', 'patient-2', newestOf('patient-2') + 3_600_000, 0, 0);
    const result = await auditOf([], { viewers, unread });
    expect(counts(result)).toEqual({ seenByForbiddenViewer: 1, phantom: 1 });
    expect(result).toMatchObject({ verdict: 'fails', atViewers: { phantom: 1 } });
    expect(result.reasons[0]).toBe(unread);
    expect(result.examples.map(({ says }) => says)).toEqual([
      expect.stringMatching(/^Viewer stranger may not see patient patient-2/),
      expect.stringMatching(/^Viewer doctor-1 saw a reading of patient patient-2 that nobody sent/),
    ]);
  });

  function newestOf(patient: string): number {
    return Math.max(
      ...history.told
        .filter(({ patientIndex }) => `patient-${patientIndex}` === patient)
        .map(({ startMs }) => startMs),
    );
  }
});

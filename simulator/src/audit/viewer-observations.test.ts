import { describe, expect, it } from 'vitest';
import { audit } from './audit.ts';
import { counts } from './testing/counts.ts';
import { type History, ledgerOf, makeHistory } from './testing/history.ts';
import { honestDocuments } from './testing/model-archive.ts';
import { ViewerObservations } from './viewer-observations.ts';

const history: History = makeHistory();
const wards = new Map(Array.from({ length: 8 }, (_, i) => [`patient-${i}`, i === 7 ? 'ward-2' : 'ward-1']));
const wardOf = (patient: string) => wards.get(patient);

const honest = () =>
  honestDocuments(history).map((document) => ({ ...document, ward: wardOf(document.patient)! }));

/** A viewer of ward 1 who watches two patients and saw everything of them. */
function attentive(skip: (kind: string, patient: string, startMs: number) => boolean = () => false) {
  const viewers = new ViewerObservations(wardOf);
  viewers.admit({ viewer: 'doctor-1', patients: [], wards: ['ward-1'] });
  for (const patient of ['patient-1', 'patient-2']) {
    viewers.watch('doctor-1', patient);
    for (const { patientIndex, startMs } of history.told) {
      if (`patient-${patientIndex}` !== patient || skip('reading', patient, startMs)) continue;
      viewers.observe('doctor-1', 'reading', patient, startMs, 0, startMs + 100);
    }
    for (const document of honestDocuments(history)) {
      if (document.patient !== patient || skip('window', patient, document.startMs)) continue;
      viewers.observe(
        'doctor-1',
        'window',
        patient,
        document.startMs,
        document.revision,
        document.endMs + 100,
      );
    }
  }
  return viewers;
}

async function auditWith(viewers: ViewerObservations) {
  return audit(ledgerOf(history), [honest()], { viewers });
}

const lastReadingMs = Math.max(
  ...history.told.filter((told) => told.patientIndex === 2).map((told) => told.startMs),
);
const lastWindowMs = honestDocuments(history)
  .filter(({ patient }) => patient === 'patient-2')
  .at(-1)!.startMs;

describe('what viewers saw', () => {
  it('is fine when each saw the newest of whom they watch', async () => {
    const result = await auditWith(attentive());
    expect(result.verdict).toBe('holds');
    expect(result.compared.watched).toBe(2);
  });

  it('is stale when the newest acknowledged reading is missing', async () => {
    const result = await auditWith(
      attentive(
        (kind, patient, startMs) =>
          kind === 'reading' && patient === 'patient-2' && startMs === lastReadingMs,
      ),
    );
    expect(counts(result)).toEqual({ staleAtViewer: 1 });
    expect(result.verdict).toBe('fails');
    expect(result.examples[0]!.says).toMatch(
      /^Viewer doctor-1 watches patient patient-2 and should have seen the reading of /,
    );
  });

  it('is stale when the newest window is missing, or its newest revision', async () => {
    const missing = attentive(
      (kind, patient, startMs) => kind === 'window' && patient === 'patient-2' && startMs === lastWindowMs,
    );
    expect(counts(await auditWith(missing))).toEqual({ staleAtViewer: 1 });
    missing.observe('doctor-1', 'window', 'patient-2', lastWindowMs, 0, 0);
    expect(counts(await auditWith(missing))).toEqual({ staleAtViewer: 1 });
    missing.observe('doctor-1', 'window', 'patient-2', lastWindowMs, 1, 0);
    expect((await auditWith(missing)).verdict).toBe('holds');
  });

  it('is not stale for a viewer who left, and is for one who saw nothing', async () => {
    const viewers = attentive(() => true);
    expect(counts(await auditWith(viewers))).toEqual({ staleAtViewer: 2 });
    viewers.unwatch('doctor-1', 'patient-1');
    viewers.unwatch('doctor-1', 'patient-2');
    expect((await auditWith(viewers)).verdict).toBe('holds');
  });

  it('may not be a foreign patient, whatever the kind of update', async () => {
    const viewers = attentive();
    viewers.observe('doctor-1', 'alert', 'patient-7', history.startMs, 0, history.startMs);
    viewers.observe('doctor-1', 'window', 'patient-of-nobody', history.startMs, 1, history.startMs);
    viewers.observe('stranger', 'reading', 'patient-1', history.startMs, 0, history.startMs);
    const result = await auditWith(viewers);
    expect(counts(result)).toEqual({ seenByForbiddenViewer: 3 });
    expect(result.verdict).toBe('fails');
  });

  it('is counted beyond the examples that are kept', async () => {
    const viewers = attentive();
    for (let i = 0; i < 1000; i++) viewers.observe('doctor-1', 'reading', 'patient-7', i, 0, i);
    const result = await auditWith(viewers);
    expect(counts(result)).toEqual({ seenByForbiddenViewer: 1000 });
    expect(result.examples).toHaveLength(5);
    expect(result.examples[0]!.says).toMatch(
      /^Viewer doctor-1 may not see patient patient-7 and got 'reading' of /,
    );
  });

  it('says the same after it went from one process to another as JSON', async () => {
    const viewers = attentive((kind) => kind === 'window');
    viewers.observe('doctor-1', 'alert', 'patient-7', 5, 0, 5);
    const copy = new ViewerObservations(wardOf);
    copy.add(JSON.parse(JSON.stringify(viewers.toRecord())));
    expect(await auditWith(copy)).toEqual(await auditWith(viewers));
  });

  it('is invented when it is newer than anything sent or stored, and cannot hide that it is old', async () => {
    const kept = (kind: string, patient: string) => kind === 'reading' && patient === 'patient-2';
    const inFuture = attentive(kept);
    inFuture.observe('doctor-1', 'reading', 'patient-2', lastReadingMs + 3_600_000, 0, lastReadingMs);
    const result = await auditWith(inFuture);
    expect(counts(result)).toEqual({ phantom: 1 });
    expect(result.verdict).toBe('fails');
    expect(result.examples[0]!.says).toMatch(
      /^Viewer doctor-1 saw a reading of patient patient-2 that nobody/,
    );
    const window = attentive((kind, patient) => kind === 'window' && patient === 'patient-2');
    window.observe('doctor-1', 'window', 'patient-2', lastWindowMs + 60_000, 1, lastReadingMs);
    expect(counts(await auditWith(window))).toEqual({ phantom: 1 });
  });

  it('may be another run’s where the store is shared', async () => {
    const viewers = attentive();
    viewers.observe('doctor-1', 'reading', 'patient-2', lastReadingMs + 5000, 0, lastReadingMs);
    const result = await audit(ledgerOf(history), [honest()], { viewers, store: 'shared' });
    expect(counts(result)).toEqual({});
  });

  it('is stale of a patient whom the server never let the viewer watch, though the token allows it', async () => {
    const viewers = attentive();
    for (const patient of ['patient-2', 'patient-3']) viewers.ask('doctor-1', patient);
    const result = await auditWith(viewers);
    expect(counts(result)).toEqual({ staleAtViewer: 1 });
    expect(result).toMatchObject({ verdict: 'fails', compared: { watched: 2 } });
    expect(result.examples[0]!.says).toMatch(
      /^Viewer doctor-1 may watch and was never let watch patient patient-3 and should have seen the reading of /,
    );
  });

  it('is unknown of such a patient of whom there was nothing to see: no verdict; fine where it was let', async () => {
    const viewers = attentive();
    viewers.admit({ viewer: 'doctor-1', patients: ['patient-silent'], wards: ['ward-1'] });
    viewers.ask('doctor-1', 'patient-silent');
    const result = await auditWith(viewers);
    expect(counts(result)).toEqual({});
    expect(result).toMatchObject({
      verdict: 'no-verdict',
      reasons: [expect.stringMatching(/^1 pairs of viewer and patient were never let watch, though /)],
    });
    viewers.watch('doctor-1', 'patient-silent');
    expect(await auditWith(viewers)).toMatchObject({ verdict: 'holds', compared: { watched: 3 } });
  });

  it('is unknown of a viewer who was never let in: no verdict', async () => {
    const viewers = attentive();
    viewers.admit({ viewer: 'doctor-2', patients: ['patient-3'], wards: [] });
    const result = await auditWith(viewers);
    expect(result).toMatchObject({
      verdict: 'no-verdict',
      reasons: ['1 viewers never came to watch anyone, so nothing shows what they missed'],
    });
  });
});

import type { WindowDocument } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { type AuditOptions, audit } from './audit.ts';
import { counts } from './testing/counts.ts';
import { deviceOf, type History, ledgerOf, makeFrame, makeHistory, patientId } from './testing/history.ts';
import { documentsOf, type Folded, foldedOf, honestDocuments } from './testing/model-archive.ts';

const BOOT = 7;
const ours = makeHistory({ firstBoot: BOOT });
/** The same patients and devices, half of them at the same time, as another run of the same seed would play them. */
const theirs = makeHistory({ firstBoot: 900, patients: 4, readings: 24 });
const later = makeHistory({ firstBoot: 900, startMs: ours.startMs + 3_600_000 });

function auditOf(documents: WindowDocument[], store: AuditOptions['store'], history: History = ours) {
  const sorted = [...documents].sort((a, b) => (a.patient < b.patient ? -1 : a.patient > b.patient ? 1 : 0));
  return audit(ledgerOf(history), [sorted], store ? { store } : {});
}

const folded = (...more: Folded[]) => documentsOf([...foldedOf(ours), ...more], ours.window);
const invented = (boot: number): Folded => ({
  patient: patientId(1),
  bytes: makeFrame(deviceOf(1), boot, 9000, ours.startMs, 5),
  late: false,
});

describe('readings under a boot that this run never had', () => {
  it('are phantoms in a store that the run had for itself, in windows of their own or in its own', async () => {
    const mixed = await auditOf(folded(...foldedOf(theirs)), 'own');
    expect(counts(mixed)).toEqual({ phantom: theirs.told.length });
    const apart = await auditOf([...honestDocuments(ours), ...honestDocuments(later)], undefined);
    expect(counts(apart)).toEqual({ phantom: later.told.length });
    expect(apart).toMatchObject({ verdict: 'fails', foreign: 0 });
  });

  it('are counted apart in a shared store, and the audit holds when they have windows of their own', async () => {
    const result = await auditOf([...honestDocuments(ours), ...honestDocuments(later)], 'shared');
    expect(counts(result)).toEqual({});
    expect(result).toMatchObject({ verdict: 'holds', foreign: later.told.length, notJudged: 0 });
    expect(result.compared.stored).toBe(ours.told.length);
  });

  it('in the windows of this run leave its content unproved: no verdict, and what to do', async () => {
    const documents = folded(...foldedOf(theirs));
    const result = await auditOf(documents, 'shared');
    expect(counts(result)).toEqual({});
    expect(result).toMatchObject({ verdict: 'no-verdict', foreign: theirs.told.length });
    const mixed = documents.filter(({ identities }) => new Set(identities.map(({ boot }) => boot)).size > 1);
    expect(result.reasons).toEqual([
      `${mixed.length} documents hold readings of another run beside this one's, so their content could not be compared: let a window's time pass between two runs, or give each a server of its own`,
    ]);
    expect(result.compared.stored).toBe(ours.told.length);
  });

  it('hide no loss, and no reading that this run cannot have sent', async () => {
    const gone = foldedOf(ours)[40]!;
    const lossy = documentsOf(
      [...foldedOf(ours), ...foldedOf(theirs)].filter((one) => one.bytes !== gone.bytes),
      ours.window,
    );
    expect(counts(await auditOf(lossy, 'shared'))).toEqual({ lost: 1 });
    const more = folded(...foldedOf(theirs), invented(BOOT));
    expect(counts(await auditOf(more, 'shared'))).toEqual({ phantom: 1 });
  });

  it('hide no swapped payload behind a verdict that holds', async () => {
    const swapped = folded(invented(900)).map((document) =>
      document.identities.some(({ boot }) => boot === 900)
        ? { ...document, digest: '0'.repeat(16) }
        : document,
    );
    expect((await auditOf(swapped, 'shared')).verdict).toBe('no-verdict');
  });

  it('are this run’s own between two boots of its devices', async () => {
    const history = makeHistory({ firstBoot: BOOT, reboots: 0.1 });
    const boots = [...new Set(history.told.map(({ boot }) => boot))];
    expect(boots.length).toBeGreaterThan(2);
    const between = { ...invented(BOOT + 1), bytes: makeFrame(deviceOf(1), BOOT + 1, 9000, ours.startMs, 5) };
    const documents = documentsOf([...foldedOf(history), between], history.window);
    expect(counts(await auditOf(documents, 'shared', history))).toEqual({ phantom: 1 });
  });
});

describe('documents of patients whom the ledger does not know', () => {
  const strangers = makeHistory({ seed: 9, patients: 12, firstBoot: BOOT });
  const stranger = honestDocuments(strangers).filter(({ patient }) => patient === 'patient-11');

  it('are phantoms in an own store, and counted apart in a shared one, whatever their boot', async () => {
    const documents = [...honestDocuments(ours), ...stranger];
    expect(counts(await auditOf(documents, 'own'))).toEqual({ phantom: 48 });
    expect(await auditOf(documents, 'shared')).toMatchObject({ verdict: 'holds', phantom: 0, foreign: 48 });
  });

  it('are this run’s matter where they hold readings of its devices', async () => {
    const moved = foldedOf(ours).map((one, i) => (i === 100 ? { ...one, patient: 'patient-11' } : one));
    const documents = documentsOf(moved, ours.window);
    expect(counts(await auditOf(documents, 'shared'))).toEqual({ misattributed: 1 });
  });
});

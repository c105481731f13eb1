import { addToDigest, formatDigest, type WindowDocument } from '@gaitway/contract';
import type { LedgerRun } from '../ledger/ledger.ts';

/** One window of a patient, from both sides. */
export interface AuditWindow {
  startMs: number;
  runs: LedgerRun[];
  documents: WindowDocument[];
}

/** Puts the runs and the documents of one patient together by window start, oldest first. */
export function windowsOfPatient(
  runs: readonly LedgerRun[],
  documents: readonly WindowDocument[],
): AuditWindow[] {
  const windows = new Map<number, AuditWindow>();
  const at = (startMs: number): AuditWindow => {
    let window = windows.get(startMs);
    if (window === undefined) {
      window = { startMs, runs: [], documents: [] };
      windows.set(startMs, window);
    }
    return window;
  };
  for (const run of runs) at(run.startMs).runs.push(run);
  for (const document of documents) at(document.startMs).documents.push(document);
  return [...windows.values()].sort((a, b) => a.startMs - b.startMs);
}

/** One document that names exactly what was acknowledged, with its digest, and nothing else to explain. */
export function isOrdinary({ runs, documents }: AuditWindow): boolean {
  const [document] = documents;
  if (document === undefined || documents.length !== 1 || runs.length === 0) return false;
  const digest = { low: 0, high: 0 };
  let readings = 0;
  let ranges = 0;
  // Runs come in order; one that continues the range of the one before belongs to the same range.
  for (let i = 0; i < runs.length; ) {
    const first = runs[i]!;
    let toSeq = first.fromSeq - 1;
    for (; i < runs.length; i++) {
      const run = runs[i]!;
      if (run.outcome !== 'acknowledged' || run.raw) return false;
      if (run.device !== first.device || run.boot !== first.boot || run.fromSeq !== toSeq + 1) break;
      toSeq = run.fromSeq + run.count - 1;
      readings += run.count;
      addToDigest(digest, run.digest.low, run.digest.high);
    }
    const range = document.identities[ranges++];
    if (
      range === undefined ||
      range.device !== first.device ||
      range.boot !== first.boot ||
      range.fromSeq !== first.fromSeq ||
      range.toSeq !== toSeq
    ) {
      return false;
    }
  }
  return (
    ranges === document.identities.length &&
    readings === document.readings &&
    formatDigest(digest) === document.digest
  );
}

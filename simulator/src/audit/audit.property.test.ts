import { type AuditCategory, formatDigest, parseDigest, type WindowDocument } from '@gaitway/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audit } from './audit.ts';
import { failing } from './testing/counts.ts';
import { deviceOf, type History, ledgerOf, makeFrame, makeHistory, patientId } from './testing/history.ts';
import {
  documentOf,
  type Folded,
  type FoldedWindow,
  foldedOf,
  foldOf,
  windowsOf,
} from './testing/model-archive.ts';

const RUNS = process.env.GAITWAY_TEST === 'full' ? 500 : 100;
/** A machine that others use as well takes its time; the number of runs is what bounds these tests. */
const TIMEOUT_MS = 120_000;

const histories = fc
  .record({
    seed: fc.integer({ min: 0, max: 0x7fffffff }),
    patients: fc.integer({ min: 2, max: 6 }),
    readings: fc.integer({ min: 30, max: 60 }),
    dropped: fc.constantFrom(0, 0.1),
    refused: fc.constantFrom(0, 0.05),
    unacknowledged: fc.constantFrom(0, 0.1),
    late: fc.constantFrom(0, 0.1),
    reboots: fc.constantFrom(0, 0.05),
    raw: fc.constantFrom(0, 0, 0.3, 1),
    workers: fc.integer({ min: 1, max: 3 }),
    windowPhaseSpreadMs: fc.constantFrom(0, 5000, 60_000),
  })
  .map(({ windowPhaseSpreadMs, ...options }) =>
    makeHistory({ ...options, window: { windowMs: 60_000, windowOriginMs: 0, windowPhaseSpreadMs } }),
  );

/** One corruption of what an honest server holds, and the category that it belongs to; `null`: nothing to corrupt here. */
interface Corruption {
  category: AuditCategory;
  name: string;
  corrupt(history: History, pick: (below: number) => number): WindowDocument[] | null;
}

const close = (windows: FoldedWindow[], history: History) =>
  windows.map((window) => documentOf(window, history.window));
const honestWindows = (history: History) => windowsOf(foldedOf(history), history.window);
const closeFolded = (folded: Folded[], history: History) => close(windowsOf(folded, history.window), history);
const acknowledgedOf = (history: History) => history.told.filter(({ outcome }) => outcome === 'acknowledged');

const corruptions: Corruption[] = [
  {
    category: 'lost',
    name: 'one acknowledged reading is not stored',
    corrupt(history, pick) {
      const candidates = acknowledgedOf(history);
      const gone = candidates[pick(candidates.length)]!.bytes;
      return closeFolded(
        foldedOf(history).filter(({ bytes }) => bytes !== gone),
        history,
      );
    },
  },
  {
    category: 'lost',
    name: 'one document is gone',
    corrupt(history, pick) {
      const windows = honestWindows(history);
      const acknowledged = new Set(acknowledgedOf(history).map(({ bytes }) => bytes));
      const gone = windows[pick(windows.length)]!;
      if (!gone.frames.some(({ bytes }) => acknowledged.has(bytes))) return null;
      return close(
        windows.filter((window) => window !== gone),
        history,
      );
    },
  },
  {
    category: 'duplicated',
    name: 'one reading is folded twice',
    corrupt(history, pick) {
      const folded = foldedOf(history);
      return closeFolded([...folded, folded[pick(folded.length)]!], history);
    },
  },
  {
    category: 'duplicated',
    name: 'one document is there twice',
    corrupt(history, pick) {
      const windows = honestWindows(history);
      const at = pick(windows.length);
      return close(windows.toSpliced(at, 0, windows[at]!), history);
    },
  },
  {
    category: 'phantom',
    name: 'a reading that was never sent is stored',
    corrupt(history, pick) {
      const unsent = history.told.filter(({ everSent }) => !everSent);
      if (unsent.length === 0) return null;
      return closeFolded([...foldedOf(history), foldOf(unsent[pick(unsent.length)]!)], history);
    },
  },
  {
    category: 'phantom',
    name: 'a reading that nobody made is stored',
    corrupt(history, pick) {
      const p = pick(history.patients);
      const bytes = makeFrame(deviceOf(p), 200, pick(1000), history.startMs + pick(200_000), 1);
      return closeFolded([...foldedOf(history), { patient: patientId(p), bytes, late: false }], history);
    },
  },
  {
    category: 'misattributed',
    name: 'one reading is stored under another patient',
    corrupt(history, pick) {
      const folded = foldedOf(history);
      const at = pick(folded.length);
      const one = folded[at]!;
      const others = Array.from({ length: history.patients }, (_, i) => patientId(i));
      others.splice(others.indexOf(one.patient), 1);
      return closeFolded(folded.with(at, { ...one, patient: others[pick(others.length)]! }), history);
    },
  },
  {
    category: 'wrongContent',
    name: 'one byte of a payload differs',
    corrupt(history, pick) {
      const folded = foldedOf(history);
      const at = pick(folded.length);
      const bytes = folded[at]!.bytes.slice();
      bytes[28 + pick(72)]! ^= 1 + pick(255);
      return closeFolded(folded.with(at, { ...folded[at]!, bytes }), history);
    },
  },
  {
    category: 'wrongContent',
    name: 'one reading lies in another window of its patient',
    corrupt(history, pick) {
      const windows = honestWindows(history);
      const source = windows[pick(windows.length)]!;
      const targets = windows.filter(({ patient }) => patient === source.patient);
      targets.splice(targets.indexOf(source), 1);
      if (targets.length === 0) return null;
      const [reading] = source.frames.splice(pick(source.frames.length), 1);
      targets[pick(targets.length)]!.frames.push(reading!);
      return close(
        windows.filter(({ frames }) => frames.length > 0),
        history,
      );
    },
  },
  {
    category: 'wrongContent',
    name: 'one bit of a digest differs',
    corrupt(history, pick) {
      const documents = close(honestWindows(history), history);
      const document = documents[pick(documents.length)]!;
      const { low, high } = parseDigest(document.digest);
      document.digest = formatDigest({ low, high: (high ^ (1 << pick(32))) >>> 0 });
      return documents;
    },
  },
];

describe('for any history', { timeout: TIMEOUT_MS }, () => {
  it('an honest archive is never red', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const result = await audit(ledgerOf(history), [close(honestWindows(history), history)]);
        expect(failing(result)).toEqual([]);
        expect(result.reasons.filter((reason) => !reason.includes('complete window'))).toEqual([]);
        expect(result.compared.readings).toBe(history.told.length);
      }),
      { numRuns: RUNS },
    );
  });

  it.each(corruptions)(
    '$name: it is red for $category and for nothing else',
    async ({ category, corrupt }) => {
      let corrupted = 0;
      await fc.assert(
        fc.asyncProperty(histories, fc.infiniteStream(fc.nat()), async (history, numbers) => {
          const pick = (below: number) => (numbers.next().value as number) % below;
          const documents = corrupt(history, pick);
          if (documents === null) return;
          corrupted++;
          const result = await audit(ledgerOf(history), [documents]);
          expect(failing(result)).toEqual([category]);
          expect(result.verdict).toBe('fails');
        }),
        { numRuns: RUNS },
      );
      expect(corrupted).toBeGreaterThan(RUNS / 10);
    },
  );
});

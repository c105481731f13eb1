import { FrameKind, formatDigest, PAYLOAD_BYTES, parseDigest, type WindowDocument } from '@gaitway/contract';
import { assessWindow } from '@gaitway/reference-server';
import { describe, expect, it } from 'vitest';
import { audit } from './audit.ts';
import type { AuditResult } from './audit-result.ts';
import { counts, failing } from './testing/counts.ts';
import {
  deviceOf,
  frameOf,
  type History,
  ledgerOf,
  makeFrame,
  makeHistory,
  patientId,
} from './testing/history.ts';
import {
  documentOf,
  documentsOf,
  type Folded,
  type FoldedWindow,
  foldedOf,
  foldOf,
  windowsOf,
} from './testing/model-archive.ts';
import { ViewerObservations } from './viewer-observations.ts';

/** Each server here misbehaves in one way; `honest` is what it would have folded. */
async function auditFolded(history: History, sabotage: (honest: Folded[]) => Folded[]): Promise<AuditResult> {
  return audit(ledgerOf(history), [documentsOf(sabotage(foldedOf(history)), history.window)]);
}

async function auditWindows(
  history: History,
  sabotage: (honest: FoldedWindow[]) => FoldedWindow[],
): Promise<AuditResult> {
  const windows = sabotage(windowsOf(foldedOf(history), history.window));
  return audit(ledgerOf(history), [windows.map((window) => documentOf(window, history.window))]);
}

async function auditDocuments(
  history: History,
  sabotage: (honest: WindowDocument[]) => WindowDocument[],
): Promise<AuditResult> {
  return audit(ledgerOf(history), [sabotage(documentsOf(foldedOf(history), history.window))]);
}

describe('a sabotaged server', () => {
  it('that drops 1 in 10,000 loses them', async () => {
    const history = makeHistory({ patients: 100, readings: 250 });
    const result = await auditFolded(history, (honest) => honest.filter((_, i) => i % 10_000 !== 5000));
    expect(counts(result)).toEqual({ lost: 2 });
    expect(result.verdict).toBe('fails');
    const { told } = history;
    const first = result.examples[0]!;
    expect(told[5000]).toMatchObject({ seq: first.identities[0]!.fromSeq, boot: first.identities[0]!.boot });
    expect(first.says).toMatch(
      /^Patient patient-0, window 2025-.*, device 1000 boot 1 seq 50: expected acknowledged readings in the document of their window; they are in no document\.$/,
    );
  });

  it('that counts a retry twice duplicates', async () => {
    const history = makeHistory();
    const result = await auditFolded(history, (honest) => [...honest, honest[70]!, honest[71]!]);
    expect(counts(result)).toEqual({ duplicated: 2 });
  });

  it('that swaps two patients misattributes, and does not lose', async () => {
    const history = makeHistory();
    const swapped: Record<string, string> = { 'patient-2': 'patient-5', 'patient-5': 'patient-2' };
    const result = await auditFolded(history, (honest) =>
      honest.map((one) => ({ ...one, patient: swapped[one.patient] ?? one.patient })),
    );
    expect(counts(result)).toEqual({ misattributed: 2 * history.readings });
    expect(result.examples[0]!.says).toContain('readings of the device of patient patient-5');
  });

  it('that gives one reading to another patient misattributes it', async () => {
    const history = makeHistory();
    const result = await auditFolded(history, (honest) =>
      honest.map((one, i) => (i === 100 ? { ...one, patient: 'patient-1' } : one)),
    );
    expect(counts(result)).toEqual({ misattributed: 1 });
  });

  it('that closes windows early and loses the rest loses', async () => {
    const history = makeHistory();
    let cut = 0;
    const result = await auditWindows(history, (honest) =>
      honest.map((window) => {
        cut += Math.max(0, window.frames.length - 8);
        return { ...window, frames: window.frames.slice(0, 8) };
      }),
    );
    expect(cut).toBeGreaterThan(0);
    expect(counts(result)).toEqual({ lost: cut });
  });

  it('that drops the last reading of each window loses', async () => {
    const history = makeHistory();
    let windows = 0;
    const result = await auditWindows(history, (honest) => {
      windows = honest.length;
      return honest.flatMap((window) => {
        const frames = window.frames.slice(0, -1);
        return frames.length > 0 ? [{ ...window, frames }] : [];
      });
    });
    expect(counts(result)).toEqual({ lost: windows });
  });

  it('that discards late readings loses them', async () => {
    const history = makeHistory({ late: 0.03 });
    const late = history.told.filter((told) => told.late).length;
    expect(late).toBeGreaterThan(0);
    const result = await auditFolded(history, (honest) => honest.filter((one) => !one.late));
    expect(counts(result)).toEqual({ lost: late });
  });

  it('that stores the right numbers with the payload of another reading has wrong content', async () => {
    const history = makeHistory();
    const result = await auditFolded(history, (honest) =>
      honest.map((one, i) => {
        if (i !== 33) return one;
        const bytes = one.bytes.slice();
        bytes.set(honest[34]!.bytes.subarray(28, 100), 28);
        return { ...one, bytes };
      }),
    );
    expect(counts(result)).toEqual({ wrongContent: 1 });
  });

  it('that acknowledges one too far loses the reading that it never had', async () => {
    const history = makeHistory();
    const tooFar = history.told[200]!;
    history.told[200] = { ...tooFar, outcome: 'acknowledged', everSent: false, stored: false };
    const result = await auditFolded(history, (honest) => honest);
    expect(counts(result)).toEqual({ lost: 1 });
  });

  it('that keeps one window under two ids duplicates', async () => {
    const history = makeHistory();
    let readings = 0;
    const result = await auditDocuments(history, (honest) => {
      readings = honest[3]!.readings;
      return honest.flatMap((document, i) => (i === 3 ? [document, { ...document }] : [document]));
    });
    expect(counts(result)).toEqual({ duplicated: readings });
  });

  it('that splits one window over two documents duplicates', async () => {
    const history = makeHistory();
    const result = await auditWindows(history, (honest) =>
      honest.flatMap((window, i) =>
        i === 3
          ? [
              { ...window, frames: window.frames.slice(0, 4) },
              { ...window, frames: window.frames.slice(4) },
            ]
          : [window],
      ),
    );
    expect(counts(result)).toEqual({ duplicated: 1 });
  });

  it('that acknowledges early and crashes loses what was not yet written', async () => {
    const history = makeHistory();
    const crashAt = 240;
    const unwritten = new Set(history.told.slice(crashAt - 30, crashAt).map(({ bytes }) => bytes));
    const result = await auditFolded(history, (honest) =>
      honest.filter(({ bytes }) => !unwritten.has(bytes)),
    );
    expect(counts(result)).toEqual({ lost: 30 });
  });

  it('that puts a reading into the next window of its patient has wrong content, and says so', async () => {
    const history = makeHistory();
    const result = await auditWindows(history, (honest) => {
      const [reading] = honest[1]!.frames.splice(2, 1);
      honest[2]!.frames.push(reading!);
      return honest;
    });
    expect(counts(result)).toEqual({ wrongContent: 1 });
    expect(result.examples[0]!.says).toContain('found readings of another window of the same patient');
  });

  it('that stores what a device never sent makes phantoms', async () => {
    const history = makeHistory({ dropped: 0.05 });
    const unsent = history.told.filter(({ everSent }) => !everSent);
    expect(unsent.length).toBeGreaterThan(0);
    const result = await auditFolded(history, (honest) => [...honest, foldOf(unsent[0]!)]);
    expect(failing(result)).toEqual(['phantom']);
    expect(result.phantom).toBe(1);
  });

  it('that stores what nobody made makes phantoms, and a range of four thousand million is not walked', async () => {
    const history = makeHistory();
    const made = {
      patient: patientId(1),
      bytes: makeFrame(deviceOf(1), 1, 9000, history.startMs, 5),
      late: false,
    };
    expect(counts(await auditFolded(history, (honest) => [...honest, made]))).toEqual({ phantom: 1 });
    const hostile = await auditDocuments(history, (honest) => {
      honest[0]!.identities = [{ device: deviceOf(0), boot: 1, fromSeq: 0, toSeq: 0xffffffff }];
      return honest;
    });
    expect(failing(hostile)).toContain('phantom');
    expect(hostile.phantom).toBe(0x100000000 - history.readings);
  });

  it('that has the right digest and wrong aggregates is found in a sampled window', async () => {
    const history = makeHistory({ patients: 60 });
    const honest = await auditDocuments(history, (documents) => documents);
    expect(honest.compared.recomputed).toBeGreaterThan(0);
    const result = await auditDocuments(history, (documents) =>
      documents.map((document) => {
        const { steps } = document.aggregates;
        const aggregates = { ...document.aggregates, steps: { ...steps!, sum: steps!.sum + 1 } };
        return { ...document, aggregates };
      }),
    );
    expect(counts(result)).toEqual({ wrongContent: honest.compared.recomputed });
    expect(result.examples[0]!.found).toMatch(/^1 that differ, the first: steps is sum /);
  });

  it('that stores an aggregate that is none, or one too many, is found in a sampled window', async () => {
    const history = makeHistory({ patients: 60 });
    const { recomputed } = (await auditDocuments(history, (documents) => documents)).compared;
    for (const wrong of [{ steps: null }, { steps: undefined }, { strides: { sum: 1, min: 1, max: 1 } }]) {
      const result = await auditDocuments(history, (documents) =>
        documents.map((document) => {
          const aggregates = { ...document.aggregates, ...wrong } as WindowDocument['aggregates'];
          return { ...document, aggregates };
        }),
      );
      expect(counts(result)).toEqual({ wrongContent: recomputed });
      expect(result.examples[0]!.found).toMatch(/steps is missing|strides is there/);
    }
  });

  it('that makes aggregates of raw chunks has wrong content, beside features and in windows of raw chunks alone', async () => {
    for (const raw of [0.3, 1]) {
      const history = makeHistory({ patients: 12, raw });
      const { recomputed } = (await auditDocuments(history, (documents) => documents)).compared;
      const result = await auditDocuments(history, (documents) =>
        documents.map((document) => {
          const { sum = 0, min = 0, max = 0 } = document.aggregates.steps ?? {};
          const aggregates = { ...document.aggregates, steps: { sum: sum + 2, min, max } };
          return { ...document, aggregates };
        }),
      );
      expect(counts(result)).toEqual({ wrongContent: recomputed });
      expect(recomputed).toBeGreaterThan(0);
    }
  });

  it('that scores a raw reading where no raw chunks were sent has wrong content', async () => {
    const history = makeHistory({ patients: 12, raw: 1 });
    const score = (seqOf: (document: WindowDocument) => number) =>
      auditDocuments(history, (documents) =>
        documents.map((document) => {
          const slot = {
            ...{ startMs: document.startMs, boot: document.identities[0]!.boot, seq: seqOf(document) },
            ...{ tremor: 900, rigidityProxy: null, gait: 10, freezing: null, tremorRating: 2000 },
          };
          return { ...document, slots: [slot], assessment: assessWindow([slot], document.drivers) };
        }),
      );
    const { recomputed } = (await auditDocuments(history, (documents) => documents)).compared;
    expect(counts(await score(({ identities }) => identities[0]!.fromSeq))).toEqual({});
    expect(counts(await score(() => 4_000_000))).toEqual({ wrongContent: recomputed });
  });

  it('that says of raw chunks that it folded fewer readings than they can be has wrong content', async () => {
    const history = makeHistory({ raw: 1, patients: 1, readings: 12 });
    const said = (readings: number) =>
      auditDocuments(history, (honest) => honest.map((document) => ({ ...document, readings })));
    const [document] = documentsOf(foldedOf(history), history.window);
    const fewest = Math.ceil(document!.readings / 10);
    expect(failing(await said(fewest - 1))).toEqual(['wrongContent']);
    expect(failing(await said(-5))).toEqual(['wrongContent']);
  });

  it('that folds an event into a window, as if it were a reading, makes a phantom', async () => {
    const history = makeHistory();
    const payload = new Uint8Array(PAYLOAD_BYTES[FrameKind.event]);
    const bytes = frameOf(FrameKind.event, deviceOf(1), 1, history.readings, history.startMs, payload);
    const result = await auditFolded(history, (honest) => [
      ...honest,
      { patient: patientId(1), bytes, late: false },
    ]);
    expect(counts(result)).toEqual({ phantom: 1 });
  });

  it('that invents a document without a reading, in a window of its own, makes a phantom', async () => {
    const history = makeHistory();
    const result = await auditDocuments(history, (honest) => {
      const last = honest.at(-1)!;
      const startMs = last.startMs + 600_000;
      const empty = { startMs, endMs: startMs + 60_000, readings: 0, identities: [], digest: '0'.repeat(16) };
      return [...honest, { ...last, ...empty, aggregates: {} }];
    });
    expect(counts(result)).toEqual({ phantom: 1 });
    expect(result.examples[0]!.found).toBe('one that holds no reading');
  });

  it('that says a wrong end, or more late readings than there are, has wrong content', async () => {
    const history = makeHistory();
    const labels: Partial<WindowDocument>[] = [{ endMs: 1 }, { lateReadings: 13 }, { lateReadings: -1 }];
    for (const label of labels) {
      const result = await auditDocuments(history, (honest) => honest.with(3, { ...honest[3]!, ...label }));
      expect(failing(result)).toEqual(['wrongContent']);
      expect(result.wrongContent).toBe(1);
    }
  });

  it('that files a patient under another ward, whose viewers may then see them, has wrong content', async () => {
    const history = makeHistory();
    const documents = documentsOf(foldedOf(history), history.window).map((document) =>
      document.patient === 'patient-3' ? { ...document, ward: 'ward-2' } : document,
    );
    const wrong = documents.filter(({ ward }) => ward === 'ward-2').length;
    const viewers = new ViewerObservations(() => 'ward-1');
    const result = await audit(ledgerOf(history), [documents], { viewers });
    expect(counts(result)).toEqual({ wrongContent: wrong });
    expect(result.examples[0]!.says).toContain('expected ward ward-1; found ward ward-2');
  });

  it('whose digest is off by one bit has wrong content', async () => {
    const history = makeHistory();
    const result = await auditDocuments(history, (honest) => {
      const digest = parseDigest(honest[7]!.digest);
      honest[7]!.digest = formatDigest({ ...digest, low: (digest.low ^ 1) >>> 0 });
      return honest;
    });
    expect(counts(result)).toEqual({ wrongContent: 1 });
  });

  it('that has nothing at all loses everything, with a few examples of it', async () => {
    const history = makeHistory();
    const result = await auditDocuments(history, () => []);
    expect(counts(result)).toEqual({ lost: history.told.length });
    expect(result.examples).toHaveLength(5);
  });
});

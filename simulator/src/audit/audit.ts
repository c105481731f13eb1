import type { WindowDocument } from '@gaitway/contract';
import { AUDIT_FAULTS } from '@gaitway/contract';
import type { Ledger } from '../ledger/ledger.ts';
import { type AuditResult, describeRanges, describeWindow, Findings } from './audit-result.ts';
import type { AuditState } from './audit-state.ts';
import { isForeignDocument, readingsNamed } from './foreign.ts';
import { IdentityRows } from './identity-rows.ts';
import type { NewestWindow } from './newest-seen.ts';
import { auditPatient } from './patient-audit.ts';
import { ClosedWindows, type Unclosed } from './unclosed.ts';
import type { JudgedViewers, ViewerObservations } from './viewer-observations.ts';

export interface AuditOptions {
  /** What viewers saw; left out: nobody watched. */
  viewers?: ViewerObservations;
  /** Examples kept of each category. */
  examplesMax?: number;
  /**
   * Whether the archive held this run and nothing else (`own`, the default) or other runs write to it too
   * (`shared`). It decides what becomes of readings that this ledger cannot know:
   *
   * - `own`: nobody else can have sent them. They are phantoms.
   * - `shared`: readings under a boot outside of the range that this run's devices used are another run's, and
   *   so are documents of patients and devices that the ledger does not know. They are counted apart
   *   (`foreign`): whether they were sent, the other run's audit says. A server that invents readings under
   *   such boots is therefore caught in an own store only. What lies in this run's range and was never sent is
   *   a phantom here too, and readings of this run's devices are misattributed under any other patient.
   *   A document that holds readings of both: its numbers are compared, its content cannot be (the digest is a
   *   sum over both), and then a clean audit is `no-verdict`, not `holds`.
   */
  store?: 'own' | 'shared';
  /** Given when windows may still have been open as the archive was read: what they lack is not lost then. */
  unclosed?: Unclosed;
  /** Why the archive could not be read, as a sentence. Then only what viewers saw is judged. */
  unread?: string;
  /** It could not, since the target offers it to nobody. */
  noExport?: boolean;
}

export const AUDIT_EXAMPLES_DEFAULT = 5;

/** The archive cannot be audited as it was handed over: what is wrong, and what to do. */
export class AuditError extends Error {
  readonly code: 'archive_unordered' | 'archive_malformed';

  constructor(code: AuditError['code'], says: string) {
    super(says);
    this.name = 'AuditError';
    this.code = code;
  }
}

/**
 * Compares a run's ledger with what the archive holds of it.
 *
 * `windows` brings every document of the run's time, all of a patient's documents in a row (the order of
 * patients does not matter). So one patient is in memory at a time; the ledger itself takes about 40
 * bytes a patient and window. Throws {@link AuditError} when a patient comes twice, or for what is no document.
 */
export async function audit(
  ledger: Ledger,
  windows: AsyncIterable<WindowDocument[]> | Iterable<WindowDocument[]>,
  options: AuditOptions = {},
): Promise<AuditResult> {
  const run = new AuditRun(ledger, options);
  for await (const page of windows) for (const document of page) run.take(document);
  return run.finish();
}

class AuditRun {
  private readonly state: AuditState;
  private readonly options: AuditOptions;
  private readonly done = new Set<string>();
  private readonly newest = new Map<string, NewestWindow>();
  /** Start of the newest window of a patient that was certainly closed. */
  private readonly newestClosedMs = new Map<string, number>();
  /** Patients whom viewers saw. */
  private readonly seen: ReadonlySet<string>;
  private patient: string | null = null;
  private documents: WindowDocument[] = [];

  constructor(ledger: Ledger, options: AuditOptions) {
    this.options = options;
    this.seen = options.viewers?.patients() ?? new Set();
    this.state = {
      ledger,
      shared: options.store === 'shared',
      wardOf: (patient) => options.viewers?.wardOf(patient),
      findings: new Findings(options.examplesMax ?? AUDIT_EXAMPLES_DEFAULT),
      compared: { readings: 0, stored: 0, windows: { complete: 0, partial: 0 }, recomputed: 0 },
      missing: new IdentityRows(),
      misattributed: new IdentityRows(),
      notJudged: 0,
      closed: new ClosedWindows(ledger.header.window.windowMs, options.unclosed),
      foreign: { readings: 0, mixedDocuments: 0 },
    };
  }

  take(document: WindowDocument): void {
    const fault = documentFault(document);
    if (fault !== null) throw new AuditError('archive_malformed', fault);
    if (document.patient !== this.patient) {
      this.settlePatient();
      if (this.done.has(document.patient)) {
        throw new AuditError(
          'archive_unordered',
          `the documents of patient ${document.patient} do not come in a row; read the archive in order of patient and window start`,
        );
      }
      this.patient = document.patient;
    }
    this.documents.push(document);
  }

  finish(): AuditResult {
    this.settlePatient();
    const { ledger, findings, compared } = this.state;
    for (const index of ledger.patients()) {
      const patient = ledger.patientId(index)!;
      if (!this.done.has(patient)) auditPatient(this.state, patient, []);
    }
    const { unread, noExport, unclosed } = this.options;
    const stillOpen = unread === undefined ? this.countLost() : 0;
    const viewers = this.judgeViewers();
    const ofViewers = reasonsOf(viewers, unclosed);
    const fails = AUDIT_FAULTS.some((category) => findings.counts[category] > 0);
    const reasons = [...(unread === undefined ? [] : [unread]), ...ledger.problems];
    if (stillOpen > 0) {
      reasons.push(
        `${stillOpen} acknowledged readings are missing from windows that may still have been open: nobody knows whether they are lost, since open windows were not closed (${[unclosed?.because, unclosed?.advice].filter(Boolean).join('; ')})`,
      );
    }
    const { mixedDocuments } = this.state.foreign;
    if (mixedDocuments > 0) {
      reasons.push(
        `${mixedDocuments} documents hold readings of another run beside this one's, so their content could not be compared: let a window's time pass between two runs, or give each a server of its own`,
      );
    }
    reasons.push(...ofViewers);
    if (this.state.notJudged > 0) {
      reasons.push(
        `${this.state.notJudged} stored readings were not judged: the ledger that would know them breaks off`,
      );
    }
    const { windows, recomputed } = compared;
    if (unread === undefined && windows.complete === 0) {
      reasons.push('not one complete window was compared');
    } else if (unread === undefined && recomputed === 0) {
      reasons.push('of no window the content was recomputed from what was sent');
    }
    return {
      verdict: fails ? 'fails' : reasons.length > 0 ? 'no-verdict' : 'holds',
      reasons,
      ...findings.counts,
      compared: { ...compared, watched: viewers.watched },
      foreign: this.state.foreign.readings,
      notJudged: this.state.notJudged,
      stillOpen,
      ...(unread !== undefined && noExport ? { noExport: true } : {}),
      ...(unclosed ? { notClosed: unclosed.because } : {}),
      ...(this.options.viewers ? { atViewers: { phantom: viewers.invented, reasons: ofViewers } } : {}),
      ledger: { ...ledger.totals },
      examples: findings.examples,
    };
  }

  private judgeViewers(): JudgedViewers {
    const { viewers, unclosed, unread } = this.options;
    if (viewers === undefined) return { watched: 0, blind: 0, unwatched: 0, invented: 0, open: 0 };
    const { ledger, findings, shared } = this.state;
    const ofPatient = (find: (index: number) => number | undefined) => (patient: string) => {
      const index = ledger.indexOf(patient);
      return index === undefined ? undefined : find(index);
    };
    return viewers.judge(findings, {
      newestAcknowledgedMs: ofPatient((index) => ledger.newestAcknowledgedMs(index)),
      newestSentMs: ofPatient((index) => ledger.newestSentMs(index)),
      newestWindow: (patient) => this.newest.get(patient),
      ...(unclosed ? { newestClosedMs: (patient: string) => this.newestClosedMs.get(patient) } : {}),
      archiveRead: unread === undefined,
      shared,
    });
  }

  private settlePatient(): void {
    const { patient, documents } = this;
    if (patient === null) return;
    this.done.add(patient);
    this.documents = [];
    this.patient = null;
    const { ledger, shared } = this.state;
    const judged = shared ? documents.filter((document) => !isForeignDocument(ledger, document)) : documents;
    if (judged.length < documents.length) {
      for (const document of documents) {
        if (isForeignDocument(ledger, document)) this.state.foreign.readings += readingsNamed(document);
      }
    }
    if (this.seen.has(patient)) {
      for (const { startMs, revision } of judged) {
        const before = this.newest.get(patient);
        if (
          before === undefined ||
          startMs > before.startMs ||
          (startMs === before.startMs && revision > before.revision)
        ) {
          this.newest.set(patient, { startMs, revision });
        }
      }
    }
    this.noteClosed(patient, judged);
    if (judged.length > 0) auditPatient(this.state, patient, judged);
  }

  private noteClosed(patient: string, documents: readonly WindowDocument[]): void {
    const { closed } = this.state;
    closed.note(patient, documents);
    if (!this.seen.has(patient)) return;
    for (const { startMs } of documents) {
      if (startMs <= (this.newestClosedMs.get(patient) ?? -1)) continue;
      if (closed.isCertain(patient, startMs)) this.newestClosedMs.set(patient, startMs);
    }
  }

  /**
   * Lost is what is in no document of its patient, and in nobody else's either. Returns how many readings are
   * missing in the same way from windows that may still have been open.
   */
  private countLost(): number {
    const { ledger, findings, missing, misattributed, closed } = this.state;
    let stillOpen = 0;
    for (const { patient: index, startMs, ...range } of missing.without(misattributed)) {
      const patient = ledger.patientId(index)!;
      if (!closed.isCertain(patient, startMs)) {
        stillOpen += range.toSeq - range.fromSeq + 1;
        continue;
      }
      const expected = 'acknowledged readings in the document of their window';
      const found = 'they are in no document';
      findings.add('lost', range.toSeq - range.fromSeq + 1, () => ({
        patient,
        startMs,
        identities: [range],
        expected,
        found,
        says: `Patient ${patient}, ${describeWindow(startMs)}, ${describeRanges([range])}: expected ${expected}; ${found}.`,
      }));
    }
    return stillOpen;
  }
}

/** What is left open about viewers, one sentence each. */
function reasonsOf({ blind, unwatched, open }: JudgedViewers, unclosed: Unclosed | undefined): string[] {
  const reasons: string[] = [];
  if (blind > 0) {
    reasons.push(`${blind} viewers never came to watch anyone, so nothing shows what they missed`);
  }
  if (unwatched > 0) {
    reasons.push(
      `${unwatched} pairs of viewer and patient were never let watch, though the tokens allow it, and there was nothing to see by which to judge it`,
    );
  }
  if (open > 0) {
    reasons.push(
      `${open} pairs of viewer and patient had not seen the newest that there was when the viewers left, and nobody knows whether it would have come: open windows were not closed (${unclosed?.because})`,
    );
  }
  return reasons;
}

/** Why this is no document that can be compared: what comes from a foreign server is looked at first. */
function documentFault(document: WindowDocument | null): string | null {
  if (typeof document !== 'object' || document === null) return 'a document is no object';
  const { patient, startMs, readings, lateReadings, identities, digest, aggregates } = document;
  const whose = `a document of patient ${patient}, window ${startMs},`;
  if (typeof patient !== 'string' || !Number.isFinite(startMs))
    return 'a document has no patient or no startMs';
  if (!Array.isArray(identities) || identities.some((range) => typeof range !== 'object' || range === null)) {
    return `${whose} has no list of identities: this archive cannot be audited`;
  }
  if (typeof digest !== 'string' || typeof aggregates !== 'object' || aggregates === null) {
    return `${whose} has no digest or no aggregates: this archive cannot be audited`;
  }
  if (!Number.isInteger(readings) || !Number.isInteger(lateReadings)) {
    return `${whose} does not say how many readings it holds: this archive cannot be audited`;
  }
  return null;
}

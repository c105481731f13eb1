import type { WindowDocument } from '@gaitway/contract';
import { AUDIT_FAULTS } from '@gaitway/contract';
import type { Ledger } from '../ledger/ledger.ts';
import { type AuditResult, describeRanges, describeWindow, Findings } from './audit-result.ts';
import { IdentityRows } from './identity-rows.ts';
import { type AuditState, auditPatient } from './patient-audit.ts';
import type { NewestWindow, ViewerObservations } from './viewer-observations.ts';

export interface AuditOptions {
  /** What viewers saw; left out: nobody watched. */
  viewers?: ViewerObservations;
  /** Examples kept of each category. */
  examplesMax?: number;
  /**
   * What to make of documents of patients that the ledger does not know: `phantom` (default) where the
   * archive holds this run only, `ignore` where others write to it too. Readings of a device of this run
   * under such a patient are misattributed either way.
   */
  strangers?: 'phantom' | 'ignore';
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
  private readonly watched: ReadonlySet<string>;
  private patient: string | null = null;
  private documents: WindowDocument[] = [];

  constructor(ledger: Ledger, options: AuditOptions) {
    this.options = options;
    this.watched = options.viewers?.watchedPatients() ?? new Set();
    this.state = {
      ledger,
      findings: new Findings(options.examplesMax ?? AUDIT_EXAMPLES_DEFAULT),
      compared: { readings: 0, stored: 0, windows: { complete: 0, partial: 0 }, recomputed: 0 },
      missing: new IdentityRows(),
      misattributed: new IdentityRows(),
      notJudged: 0,
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
    this.countLost();
    const watched = this.options.viewers?.judge(findings, {
      newestAcknowledgedMs: (patient) => {
        const index = ledger.indexOf(patient);
        return index === undefined ? undefined : ledger.newestAcknowledgedMs(index);
      },
      newestWindow: (patient) => this.newest.get(patient),
    });
    const fails = AUDIT_FAULTS.some((category) => findings.counts[category] > 0);
    const reasons = [...ledger.problems];
    if (this.state.notJudged > 0) {
      reasons.push(
        `${this.state.notJudged} stored readings were not judged: the ledger that would know them breaks off`,
      );
    }
    if (compared.windows.complete === 0) reasons.push('not one complete window was compared');
    return {
      verdict: fails ? 'fails' : reasons.length > 0 ? 'no-verdict' : 'holds',
      reasons,
      ...findings.counts,
      compared: { ...compared, watched: watched ?? 0 },
      notJudged: this.state.notJudged,
      ledger: { ...ledger.totals },
      examples: findings.examples,
    };
  }

  private settlePatient(): void {
    const { patient, documents } = this;
    if (patient === null) return;
    this.done.add(patient);
    this.documents = [];
    this.patient = null;
    const { ledger } = this.state;
    const ours = (document: WindowDocument) =>
      document.identities.some(({ device }) => ledger.ownerOf(device) !== undefined);
    const judged =
      this.options.strangers === 'ignore' && ledger.indexOf(patient) === undefined
        ? documents.filter(ours)
        : documents;
    if (this.watched.has(patient)) {
      for (const { startMs, revision } of documents) {
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
    if (judged.length > 0) auditPatient(this.state, patient, judged);
  }

  /** Lost is what is in no document of its patient, and in nobody else's either. */
  private countLost(): void {
    const { ledger, findings, missing, misattributed } = this.state;
    for (const { patient: index, startMs, ...range } of missing.without(misattributed)) {
      const patient = ledger.patientId(index)!;
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
  }
}

/** Why this is no document that can be compared: what comes from a foreign server is looked at first. */
function documentFault(document: WindowDocument): string | null {
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

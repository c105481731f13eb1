import type { AuditCategory, IdentityRange, WindowDocument } from '@gaitway/contract';
import type { LedgerRun } from '../ledger/ledger.ts';
import { describeRanges, describeWindow } from './audit-result.ts';
import type { AuditedPatient, AuditState } from './audit-state.ts';
import { type AuditWindow, isOrdinary, windowsOfPatient } from './audit-window.ts';
import { DocumentAudit } from './document-audit.ts';
import type { IdentityRow } from './identity-rows.ts';
import { KnownReadings } from './known-readings.ts';
import { wrongDerivations } from './recompute.ts';

/**
 * Compares one patient's documents with the patient's runs. An ordinary window is compared as ranges; the
 * others are walked reading by reading, and with them the whole patient when they hold a reading that may
 * be of an ordinary one.
 */
export function auditPatient(state: AuditState, patient: string, documents: readonly WindowDocument[]): void {
  const audit = new PatientAudit(state, patient);
  audit.noteLateAndDropped(documents);
  const windows = windowsOfPatient(audit.runs, documents);
  const ordinary: AuditWindow[] = [];
  const unusual: AuditWindow[] = [];
  for (const window of windows) (isOrdinary(window) ? ordinary : unusual).push(window);
  if (unusual.length > 0 && !audit.walk(unusual, 'only-if-known')) audit.walk(windows, 'always');
  else for (const window of ordinary) audit.acceptOrdinary(window);
}

/** One patient: what the ledger knows, and the ways to say what differs. */
export class PatientAudit implements AuditedPatient {
  readonly state: AuditState;
  readonly patient: string;
  readonly index: number | undefined;
  readonly runs: readonly LedgerRun[];
  private readonly othersRuns = new Map<number, readonly LedgerRun[]>();

  constructor(state: AuditState, patient: string) {
    this.state = state;
    this.patient = patient;
    this.index = state.ledger.indexOf(patient);
    this.runs = this.index === undefined ? [] : state.ledger.runsOf(this.index);
  }

  /** What nobody has to answer for, and how much there is to compare. */
  noteLateAndDropped(documents: readonly WindowDocument[]): void {
    for (const document of documents) {
      this.find('late', document.lateReadings, document.startMs, document.identities, {
        expected: 'readings before their window closed',
        found: `${document.lateReadings} that came later and amended it`,
      });
    }
    for (const run of this.runs) {
      this.state.compared.readings += run.count;
      this.find('droppedByDevice', run.outcome === 'dropped' ? run.count : 0, run.startMs, [rangeOf(run)], {
        expected: 'a device that holds its readings until they are acknowledged',
        found: run.everSent
          ? 'readings sent, not acknowledged, then given up'
          : 'readings given up before they were sent',
      });
    }
  }

  acceptOrdinary({ documents, runs }: AuditWindow): void {
    for (const document of documents) {
      this.countWindow(document);
      this.state.compared.stored += document.readings;
      this.checkContent(document, runs);
    }
  }

  /**
   * Compares these windows reading by reading. With `only-if-known` it does nothing and returns `false` when
   * their documents name a reading of the patient's devices that is in none of their runs.
   */
  walk(windows: readonly AuditWindow[], when: 'always' | 'only-if-known'): boolean {
    const known = new KnownReadings(windows.flatMap(({ runs }) => runs));
    if (when === 'only-if-known' && !windows.every((window) => this.explains(known, window))) return false;
    const twice = known.resolvedTwice();
    if (twice !== undefined) {
      this.state.ledger.problems.push(
        `the ledger resolves device ${twice.run.device} boot ${twice.run.boot} seq ${twice.seq} twice: the fleet lost count`,
      );
    }
    for (const { runs, documents } of windows) {
      documents.forEach((document, i) => {
        if (runs.length > 0) this.countWindow(document);
        const twin = { second: i > 0, first: i + 1 < documents.length };
        new DocumentAudit(this, document, runs, known).compare(twin);
      });
    }
    this.settle(known);
    return true;
  }

  private explains(known: KnownReadings, { documents }: AuditWindow): boolean {
    return documents.every(({ identities }) =>
      identities.every((range) => {
        if (this.index === undefined || this.state.ledger.ownerOf(range.device) !== this.index) return true;
        return known.inRange(range).length >= range.toSeq - range.fromSeq + 1;
      }),
    );
  }

  /** The runs of another patient, whose readings were found here: looked up once, not once per range. */
  runsOfOther(patientIndex: number): readonly LedgerRun[] {
    let runs = this.othersRuns.get(patientIndex);
    if (runs === undefined) {
      runs = this.state.ledger.runsOf(patientIndex);
      this.othersRuns.set(patientIndex, runs);
    }
    return runs;
  }

  /**
   * The document names the right readings with their digest. What else it says is looked at here: its end and
   * ward, and, where the frames were kept, everything that follows from them.
   */
  checkContent(document: WindowDocument, runs: readonly LedgerRun[]): void {
    const { ledger, compared } = this.state;
    if (this.index === undefined) return;
    const label = this.wrongLabel(document);
    if (label !== null) {
      this.find('wrongContent', 1, document.startMs, document.identities, label);
      return;
    }
    const frames = ledger.framesOf(this.index, document.startMs);
    // Raw chunks give nothing that would have to be recomputed: that can be seen without them.
    if (frames.length === 0 && !(runs.length > 0 && runs.every(({ raw }) => raw))) return;
    const wrong = wrongDerivations(document, frames, runs);
    if (wrong === null) return;
    compared.recomputed++;
    this.find('wrongContent', wrong.length > 0 ? 1 : 0, document.startMs, document.identities, {
      expected: 'what follows from the readings that were sent',
      found: `${wrong.length} that differ, the first: ${wrong[0]}`,
    });
  }

  private wrongLabel(document: WindowDocument): { expected: string; found: string } | null {
    const { startMs, endMs, ward, readings, lateReadings } = document;
    const expectedEndMs = startMs + this.state.ledger.header.window.windowMs;
    if (endMs !== expectedEndMs)
      return { expected: `a window that ends at ${expectedEndMs}`, found: `${endMs}` };
    const expectedWard = this.state.wardOf(this.patient);
    if (expectedWard !== undefined && ward !== expectedWard) {
      return { expected: `ward ${expectedWard}`, found: `ward ${ward}` };
    }
    if (lateReadings < 0 || lateReadings > readings) {
      return { expected: `at most ${readings} late readings, all that it holds`, found: `${lateReadings}` };
    }
    return null;
  }

  find(
    category: AuditCategory,
    count: number,
    startMs: number,
    identities: IdentityRange[],
    difference: { expected: string; found: string },
  ): void {
    this.state.findings.add(category, count, () => ({
      patient: this.patient,
      startMs,
      identities,
      ...difference,
      says: `Patient ${this.patient}, ${describeWindow(startMs)}, ${describeRanges(identities)}: expected ${difference.expected}; found ${difference.found}.`,
    }));
  }

  private countWindow(document: WindowDocument): void {
    this.state.compared.windows[document.complete ? 'complete' : 'partial']++;
  }

  /** After all documents: what was found, and what is missing. */
  private settle(known: KnownReadings): void {
    for (const list of known.all()) {
      let row: IdentityRow | null = null;
      for (const { run, seq, found } of list) {
        const one = { device: run.device, boot: run.boot, fromSeq: seq, toSeq: seq };
        if (found > 0) {
          this.state.compared.stored++;
          if (run.outcome !== 'acknowledged' && run.everSent) {
            this.find('unacknowledgedButStored', 1, run.startMs, [one], {
              expected: 'nothing for certain: the reading was sent and never acknowledged',
              found: 'it is stored',
            });
          }
        } else if (run.outcome === 'acknowledged') {
          if (row !== null && row.startMs === run.startMs && row.toSeq + 1 === seq) row.toSeq = seq;
          else {
            if (row !== null) this.state.missing.add(row);
            row = { patient: this.index!, startMs: run.startMs, ...one };
          }
        }
      }
      if (row !== null) this.state.missing.add(row);
    }
  }
}

function rangeOf(run: LedgerRun): IdentityRange {
  return { device: run.device, boot: run.boot, fromSeq: run.fromSeq, toSeq: run.fromSeq + run.count - 1 };
}

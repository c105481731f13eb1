import type { AuditCategory, IdentityRange, WindowDocument } from '@gaitway/contract';
import type { Ledger, LedgerRun } from '../ledger/ledger.ts';
import type { Findings } from './audit-result.ts';
import type { IdentityRows } from './identity-rows.ts';
import type { ClosedWindows } from './unclosed.ts';

/** What the audit of one patient adds to. */
export interface AuditState {
  ledger: Ledger;
  /** Whether other runs write into the store as well. */
  shared: boolean;
  /** The ward of a patient, where that is known. */
  wardOf(patient: string): string | undefined;
  findings: Findings;
  compared: {
    readings: number;
    stored: number;
    windows: { complete: number; partial: number };
    recomputed: number;
  };
  /** Acknowledged and in no document of the owner; what lies under another patient comes off at the end. */
  missing: IdentityRows;
  misattributed: IdentityRows;
  notJudged: number;
  closed: ClosedWindows;
  /** Readings of other runs in a shared store, and documents that hold them beside readings of this run. */
  foreign: { readings: number; mixedDocuments: number };
}

/** The patient whose document is compared: what the audit of the document asks of it and tells it. */
export interface AuditedPatient {
  readonly state: AuditState;
  /** `undefined`: the ledger does not know this patient. */
  readonly index: number | undefined;
  runsOfOther(patientIndex: number): readonly LedgerRun[];
  checkContent(document: WindowDocument, runs: readonly LedgerRun[]): void;
  find(
    category: AuditCategory,
    count: number,
    startMs: number,
    identities: IdentityRange[],
    difference: { expected: string; found: string },
  ): void;
}

import { AUDIT_CATEGORIES, type AuditCategory, type IdentityRange } from '@gaitway/contract';
import type { LedgerTotals } from '../ledger/ledger.ts';

export interface AuditExample {
  category: AuditCategory;
  patient: string;
  startMs: number;
  identities: IdentityRange[];
  expected: string;
  found: string;
  /** The whole of it in one plain sentence. */
  says: string;
}

export interface AuditResult extends Record<AuditCategory, number> {
  verdict: 'holds' | 'fails' | 'no-verdict';
  /** Why there is no verdict, or what a verdict of `fails` leaves open: what is missing, one sentence each. */
  reasons: string[];
  compared: {
    /** Readings of the ledger that were looked for, whatever their outcome. */
    readings: number;
    /** Of these, found in a document of their patient. */
    stored: number;
    windows: { complete: number; partial: number };
    /** Windows whose aggregates were recomputed from the frames that were sent. */
    recomputed: number;
    /** Pairs of viewer and watched patient. */
    watched: number;
  };
  /** Readings of other runs in a store that is shared: nobody here knows whether they were sent. Not judged. */
  foreign: number;
  /** Stored readings and documents that a ledger which broke off can neither confirm nor deny. */
  notJudged: number;
  /** Acknowledged readings that are missing from windows which may still have been open. Not judged. */
  stillOpen: number;
  /** The archive could not be read, since the target offers it to nobody; left out: that is not the reason. */
  noExport?: boolean;
  /** Why open windows were not all closed when the archive was read; left out: they were. */
  notClosed?: string;
  /** What is known from viewers alone, so that a later audit can carry it over; left out: nobody looked. */
  atViewers?: {
    /** Of the phantoms, those that a viewer saw. */
    phantom: number;
    /** Of the reasons, those that are about viewers. */
    reasons: string[];
  };
  ledger: LedgerTotals;
  examples: AuditExample[];
}

/** Counts and keeps the first few examples of each category. */
export class Findings {
  readonly counts: Record<AuditCategory, number>;
  readonly examples: AuditExample[] = [];
  private readonly examplesMax: number;
  private readonly kept = new Map<AuditCategory, number>();

  constructor(examplesMax: number) {
    this.examplesMax = examplesMax;
    this.counts = Object.fromEntries(AUDIT_CATEGORIES.map((category) => [category, 0])) as Record<
      AuditCategory,
      number
    >;
  }

  /** `example` is only called when there is room for it. */
  add(category: AuditCategory, count: number, example: () => Omit<AuditExample, 'category'>): void {
    if (count <= 0) return;
    this.counts[category] += count;
    const kept = this.kept.get(category) ?? 0;
    if (kept >= this.examplesMax) return;
    this.kept.set(category, kept + 1);
    this.examples.push({ category, ...example() });
  }
}

/** `device 7 boot 1 seq 10-12`. */
export function describeRanges(ranges: readonly IdentityRange[]): string {
  if (ranges.length === 0) return 'no readings';
  const shown = ranges.slice(0, 3).map(({ device, boot, fromSeq, toSeq }) => {
    return `device ${device} boot ${boot} seq ${fromSeq === toSeq ? fromSeq : `${fromSeq}-${toSeq}`}`;
  });
  const more = ranges.length > 3 ? ` and ${ranges.length - 3} ranges more` : '';
  return shown.join(', ') + more;
}

export function describeWindow(startMs: number): string {
  const date = new Date(startMs);
  return Number.isNaN(date.getTime()) ? `window ${startMs}` : `window ${date.toISOString()}`;
}

import {
  type AuditCategory,
  addToDigest,
  formatDigest,
  type IdentityRange,
  SEQ_MAX,
  type WindowDocument,
} from '@gaitway/contract';
import type { LedgerRun } from '../ledger/ledger.ts';
import type { AuditedPatient } from './audit-state.ts';
import { isForeignRange } from './foreign.ts';
import type { KnownReading, KnownReadings } from './known-readings.ts';

/** One document of a patient whose history is not the ordinary one, reading by reading. */
export class DocumentAudit {
  private readonly audit: AuditedPatient;
  private readonly document: WindowDocument;
  private readonly known: KnownReadings;
  /** The runs of the document's own window. */
  private readonly expected: readonly LedgerRun[];
  /** Nothing so far that makes the digest of this document unknowable. */
  private clean = true;
  private named = 0;
  /** Readings of another run among them. */
  private foreign = 0;
  private acknowledged = 0;
  private readonly uncertain: KnownReading[] = [];
  private readonly again: IdentityRange[] = [];
  private readonly elsewhere: IdentityRange[] = [];
  private readonly neverSent: IdentityRange[] = [];

  constructor(
    audit: AuditedPatient,
    document: WindowDocument,
    expected: readonly LedgerRun[],
    known: KnownReadings,
  ) {
    this.audit = audit;
    this.document = document;
    this.expected = expected;
    this.known = known;
  }

  /** `first`, `second`: another document of the same window follows, or came before. */
  compare(twin: { first: boolean; second: boolean }): void {
    if (twin.first || twin.second) this.clean = false;
    for (const range of this.document.identities) this.compareRange(range);
    if (this.foreign > 0) {
      this.clean = false;
      this.audit.state.foreign.readings += this.foreign;
      this.audit.state.foreign.mixedDocuments++;
    }
    this.report(twin.second);
    if (this.clean) this.compareContent();
  }

  private compareRange(range: IdentityRange): void {
    if (!isRange(range)) {
      this.clean = false;
      this.find('wrongContent', 1, [range], {
        expected: 'ranges of readings from a first to a last number',
        found: 'a range that is none',
      });
      return;
    }
    const length = range.toSeq - range.fromSeq + 1;
    this.named += length;
    const { ledger, shared } = this.audit.state;
    if (shared && isForeignRange(ledger, range)) {
      this.foreign += length;
      return;
    }
    const owner = ledger.ownerOf(range.device);
    if (owner === undefined || owner !== this.audit.index) {
      this.clean = false;
      this.compareForeign(range, owner);
      return;
    }
    const matches = this.known.inRange(range);
    this.reportUnknown(range, length - countDistinct(matches), owner);
    for (const reading of matches)
      this.noteFound(reading, { ...range, fromSeq: reading.seq, toSeq: reading.seq });
  }

  private noteFound(reading: KnownReading, identity: IdentityRange): void {
    const { run } = reading;
    reading.found++;
    if (reading.found > 1) this.again.push(identity);
    if (run.startMs !== this.document.startMs) this.elsewhere.push(identity);
    else if (run.outcome === 'acknowledged') this.acknowledged++;
    else this.uncertain.push(reading);
    if (!run.everSent && run.outcome !== 'acknowledged') this.neverSent.push(identity);
  }

  /** A range of another patient's device, or of nobody's. */
  private compareForeign(range: IdentityRange, owner: number | undefined): void {
    const { ledger, misattributed } = this.audit.state;
    let theirs = 0;
    for (const run of owner === undefined ? [] : this.audit.runsOfOther(owner)) {
      if (run.device !== range.device || run.boot !== range.boot) continue;
      if (!run.everSent && run.outcome !== 'acknowledged') continue;
      const fromSeq = Math.max(range.fromSeq, run.fromSeq);
      const toSeq = Math.min(range.toSeq, run.fromSeq + run.count - 1);
      if (toSeq < fromSeq) continue;
      theirs += toSeq - fromSeq + 1;
      const { startMs, device, boot } = run;
      misattributed.add({ patient: owner!, startMs, device, boot, fromSeq, toSeq });
    }
    this.find('misattributed', theirs, [range], {
      expected: `readings of the patient's own device`,
      found: `readings of the device of patient ${owner === undefined ? '' : ledger.patientId(owner)}`,
    });
    this.reportUnknown(range, range.toSeq - range.fromSeq + 1 - theirs, owner);
  }

  private reportUnknown(range: IdentityRange, count: number, owner: number | undefined): void {
    if (count <= 0) return;
    this.clean = false;
    if (this.audit.state.ledger.isOpenEnded(owner)) {
      this.audit.state.notJudged += count;
      return;
    }
    this.find('phantom', count, [range], {
      expected: 'only readings that were made and sent',
      found: `${count} that no device made and sent`,
    });
  }

  private report(isSecondDocument: boolean): void {
    const { document, named, again, elsewhere, neverSent } = this;
    this.find('phantom', neverSent.length, neverSent, {
      expected: 'only readings that were sent',
      found: 'readings that the device never sent',
    });
    this.find('duplicated', again.length, again, {
      expected: 'each reading once',
      found: 'readings that are stored more than once',
    });
    this.find('duplicated', isSecondDocument && again.length === 0 ? 1 : 0, document.identities, {
      expected: 'one document for this patient and window',
      found: 'another one',
    });
    this.find('wrongContent', elsewhere.length > 0 ? 1 : 0, elsewhere, {
      expected: 'readings of this window',
      found: 'readings of another window of the same patient',
    });
    this.find('phantom', named === 0 && document.readings === 0 ? 1 : 0, document.identities, {
      expected: 'documents of readings that were sent',
      found: 'one that holds no reading',
    });
    const overcounted = document.readings - named;
    this.find(named === 0 ? 'phantom' : 'duplicated', overcounted, document.identities, {
      expected: `${named} readings, as the document names`,
      found: `${document.readings} folded in`,
    });
    if (named === 0 || again.length + elsewhere.length + neverSent.length > 0 || overcounted > 0) {
      this.clean = false;
    }
  }

  /**
   * The document names readings of its own window only, each once. Their digest is known when all that were
   * acknowledged are among them; what is missing is counted as lost instead.
   */
  private compareContent(): void {
    const { document, expected, named } = this;
    const digest = { low: 0, high: 0 };
    let acknowledged = 0;
    for (const run of expected) {
      if (run.outcome !== 'acknowledged') continue;
      acknowledged += run.count;
      addToDigest(digest, run.digest.low, run.digest.high);
    }
    if (acknowledged !== this.acknowledged) return;
    for (const { run } of this.uncertain) addToDigest(digest, run.digest.low, run.digest.high);
    if (formatDigest(digest) !== document.digest) {
      this.find('wrongContent', 1, document.identities, {
        expected: `digest ${formatDigest(digest)} of what was sent`,
        found: `digest ${document.digest}`,
      });
      return;
    }
    // Ten raw chunks make one reading, so a document may count them so.
    const raw = this.rawNamed();
    const fewest = named - raw + Math.ceil(raw / 10);
    if (document.readings < fewest) {
      this.find('wrongContent', 1, document.identities, {
        expected: `${fewest} readings, as the document names`,
        found: `${document.readings} folded in`,
      });
      return;
    }
    this.audit.checkContent(document, expected);
  }

  /** How many of the readings that the document names are raw chunks: all that were acknowledged are among them. */
  private rawNamed(): number {
    let raw = 0;
    for (const run of this.expected) if (run.raw && run.outcome === 'acknowledged') raw += run.count;
    for (const { run } of this.uncertain) if (run.raw) raw++;
    return raw;
  }

  private find(
    category: AuditCategory,
    count: number,
    identities: IdentityRange[],
    difference: { expected: string; found: string },
  ): void {
    this.audit.find(category, count, this.document.startMs, identities, difference);
  }
}

function isRange({ device, boot, fromSeq, toSeq }: IdentityRange): boolean {
  return (
    [device, boot, fromSeq, toSeq].every(Number.isInteger) &&
    fromSeq >= 0 &&
    toSeq >= fromSeq &&
    toSeq <= SEQ_MAX
  );
}

function countDistinct(matches: readonly KnownReading[]): number {
  let distinct = 0;
  for (let i = 0; i < matches.length; i++) {
    if (i === 0 || matches[i - 1]!.seq !== matches[i]!.seq) distinct++;
  }
  return distinct;
}

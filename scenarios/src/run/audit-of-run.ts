import { AUDIT_CATEGORIES, type AuditCategory, type WindowDocument } from '@gaitway/contract';
import {
  AUDIT_AGAIN,
  type AuditOptions,
  type AuditResult,
  audit,
  createPopulation,
  type FleetPlan,
  type FleetResult,
  heldMsMax,
  type Ledger,
  LedgerError,
  ledgerFilesIn,
  readLedger,
  ViewerObservations,
} from '@gaitway/simulator';
import { type ArchiveOverHttp, TargetFault } from './archive-over-http.ts';
import { auditedSpan } from './audited-span.ts';

const TIMED_OUT = 408;
const TOO_MANY_REQUESTS = 429;
const NOT_IMPLEMENTED = 501;

/** Who looks at the documents as well while they are audited: an archive is read once. */
export interface DocumentsTaken {
  /** Before the first document: what the fleet noted. */
  noted(ledger: Ledger): void;
  take(document: WindowDocument): void;
  unread(because: string): void;
}

/**
 * Compares what the fleet noted with what the archive holds and what viewers saw. `alone`: the archive is one that
 * this run had for itself. One that cannot be read leaves the verdict open, unless viewers saw what alone makes the run
 * fail, and `notes` says why; so does a fleet that ended before it noted anything. Where open windows were not all
 * closed, what they lack is not judged.
 */
export async function auditOfRun(
  plan: FleetPlan,
  fleet: FleetResult,
  api: ArchiveOverHttp,
  alone: boolean,
  notes: string[],
  grading?: DocumentsTaken,
): Promise<AuditResult> {
  let ledger: Ledger;
  try {
    ledger = readLedger(ledgerFilesIn(plan.ledgerFolder));
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'ledger_empty') throw error;
    const reason = `no worker of the fleet began its ledger (${error.message})`;
    grading?.unread(reason);
    return notAudited(reason);
  }
  grading?.noted(ledger);
  const { notClosedBecause } = api;
  const options: AuditOptions = {
    viewers: observationsOf(plan, fleet),
    // An archive that this run had for itself holds nothing else; another may have seen other runs and patients.
    store: alone ? 'own' : 'shared',
    ...(notClosedBecause === undefined
      ? {}
      : {
          unclosed: {
            because: notClosedBecause,
            heldMs: heldMsMax(plan.slotMs, fleet.counters.commands.rate ?? 0),
            ...(alone ? {} : { advice: AUDIT_AGAIN }),
          },
        }),
  };
  try {
    const windows = api.windows(
      ...auditedSpan(alone, plan.startMs, fleet.phases.drainToMs, plan.window.windowMs),
    );
    return await audit(ledger, grading ? taken(windows, grading) : windows, options);
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    notes.push(`The archive could not be read: ${says}`);
    grading?.unread(`the archive could not be read: ${says}`);
    return audit(ledger, [], {
      ...options,
      unread: `the archive could not be read: ${says}`,
      noExport: !alone && saysThereIsNone(error),
    });
  }
}

async function* taken(
  pages: AsyncIterable<WindowDocument[]>,
  grading: DocumentsTaken,
): AsyncIterable<WindowDocument[]> {
  for await (const page of pages) {
    for (const document of page) grading.take(document);
    yield page;
  }
}

/** The target knows no such request, or grants it to nobody: it has no export, which is another thing than a broken one. */
function saysThereIsNone(error: unknown): boolean {
  if (!(error instanceof TargetFault) || error.status === undefined) return false;
  const { status } = error;
  if (status === TIMED_OUT || status === TOO_MANY_REQUESTS) return false;
  return (status >= 400 && status < 500) || status === NOT_IMPLEMENTED;
}

/** What is said of a run that was not audited: nothing was compared, and this is why. */
export function notAudited(reason: string): AuditResult {
  const none = Object.fromEntries(AUDIT_CATEGORIES.map((category) => [category, 0]));
  return {
    ...(none as Record<AuditCategory, number>),
    verdict: 'no-verdict',
    reasons: [reason],
    compared: { readings: 0, stored: 0, windows: { complete: 0, partial: 0 }, recomputed: 0, watched: 0 },
    foreign: 0,
    notJudged: 0,
    stillOpen: 0,
    notClosed: reason,
    atViewers: { phantom: 0, reasons: [] },
    ledger: { made: 0, acknowledged: 0, dropped: 0, refused: 0, unacknowledged: 0 },
    examples: [],
  };
}

/** What the viewers of the fleet saw, beside the wards of its patients. */
function observationsOf({ seed, patients }: FleetPlan, { observations }: FleetResult): ViewerObservations {
  const population = createPopulation(seed);
  const wards = new Map(
    Array.from({ length: patients }, (_, index) => population.personAt(index)).map(({ patient, ward }) => [
      patient,
      ward,
    ]),
  );
  const seen = new ViewerObservations((patient) => wards.get(patient));
  if (observations) seen.add(observations);
  return seen;
}

import {
  type AuditResult,
  audit,
  createPopulation,
  type FleetPlan,
  type FleetResult,
  ledgerFilesIn,
  readLedger,
  ViewerObservations,
} from '@gaitway/simulator';
import type { ArchiveOverHttp } from './archive-over-http.ts';
import { auditedSpan } from './audited-span.ts';

/**
 * Compares what the fleet noted with what the archive holds and what viewers saw. `alone`: the archive is one that
 * this run had for itself. One that cannot be read leaves the verdict open, and `notes` says why.
 */
export async function auditOfRun(
  plan: FleetPlan,
  fleet: FleetResult,
  api: ArchiveOverHttp,
  alone: boolean,
  notes: string[],
): Promise<AuditResult> {
  const ledger = readLedger(ledgerFilesIn(plan.ledgerFolder));
  const viewers = observationsOf(plan, fleet);
  try {
    const windows = api.windows(
      ...auditedSpan(alone, plan.startMs, fleet.phases.drainToMs, plan.window.windowMs),
    );
    // An archive that this run had for itself holds nothing else; another may have seen other runs and patients.
    return await audit(ledger, windows, { viewers, store: alone ? 'own' : 'shared' });
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    notes.push(`The archive could not be read: ${says}`);
    const result = await audit(ledger, nothing(), { store: 'shared' });
    return {
      ...result,
      lost: 0,
      verdict: 'no-verdict',
      reasons: [`the archive could not be read: ${says}`],
      examples: [],
    };
  }
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

async function* nothing(): AsyncIterable<never[]> {}

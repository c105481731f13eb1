import type { RunEnvironment, RunPipeline, RunRecord, WindowSettings } from '@gaitway/contract';
import {
  type FleetPlan,
  ledgerFileName,
  ledgerWorkers,
  notGraded,
  planPhases,
  unplayedFleet,
} from '@gaitway/simulator';
import { notAudited } from './audit-of-run.ts';
import type { RunOptions } from './run-options.ts';
import { runRecordOf } from './run-record-of.ts';

/** What a run knows when its fleet begins. */
export interface BegunRun {
  id: string;
  options: RunOptions;
  version: string;
  startedAtMs: number;
  window: WindowSettings;
  environment: RunEnvironment;
  pipeline?: RunPipeline;
  plan: FleetPlan;
  archive: RunRecord['archive'];
}

const SAYS = 'the run never came to its end: this record was written when it began';

/**
 * The record as long as there is no other. A run that is killed leaves it, so that its ledger and its archive can
 * still be found and compared; it claims nothing of what was measured.
 */
export function provisionalRecordOf({ plan, ...begun }: BegunRun): RunRecord {
  const workers = ledgerWorkers(plan);
  const record = runRecordOf({
    ...begun,
    endedAtMs: planPhases(plan).drainToMs,
    fleet: unplayedFleet(plan, `${SAYS.charAt(0).toUpperCase()}${SAYS.slice(1)}.`),
    audit: notAudited(SAYS),
    grades: notGraded(SAYS),
    servers: [],
    serversEnded: [],
    ledgerFiles: Array.from({ length: workers }, (_, worker) =>
      (['readings', 'frames'] as const).map(
        (content) => `ledger/${ledgerFileName(content, worker, workers)}`,
      ),
    ).flat(),
    notes: [],
  });
  return { ...record, finished: false, verdict: 'no-verdict', verdicts: [] };
}

import { join } from 'node:path';
import { EXIT_CODE, type RunAudit, type RunRecord } from '@gaitway/contract';
import { realClock } from '@gaitway/reference-server';
import { auditedSpan } from '@gaitway/scenarios';
import {
  AUDIT_AGAIN,
  audit,
  heldMsMax,
  type Ledger,
  LedgerError,
  ledgerFilesIn,
  readLedger,
  type Unclosed,
} from '@gaitway/simulator';
import { Fault } from '../fault.ts';
import { type ArchiveAsked, archiveIsAlone, openArchiveOf } from './archive-of-run.ts';
import { withWhatViewersSaw } from './viewers-of-run.ts';

export interface AuditAnswer {
  run: string;
  /** Where the documents were read from. */
  archive: string;
  audit: RunAudit;
}

const LEDGER_FOLDER = 'ledger';
/** So long after a run, and after its end, every window was closed by itself if the server is still at work. */
const CLOSED_BY_ITSELF_MS = 600_000;

/**
 * Compares the ledger of a run that is over with its archive once more. Throws a {@link Fault} that leaves the
 * verdict open when there is no ledger or no archive, and what the ledger's reader and the store throw.
 */
export async function auditRun(asked: ArchiveAsked): Promise<AuditAnswer> {
  const { record, folder } = asked.run;
  const ledger = readLedgerOf(folder);
  const { windowMs } = record.windowSettings;
  const firstMs = Math.min(
    ...record.phases.filter(({ phase }) => phase !== 'connect').map(({ fromMs }) => fromMs),
  );
  const alone = archiveIsAlone(record);
  const opened = await openArchiveOf(asked);
  try {
    const windows = opened.windows(...auditedSpan(alone, firstMs, record.endedAtMs, windowMs));
    const unclosed = unclosedOf(record, alone);
    const found = await audit(ledger, windows, {
      store: alone ? 'own' : 'shared',
      ...(unclosed ? { unclosed } : {}),
    });
    return { run: record.id, archive: opened.says, audit: withWhatViewersSaw(found, record) };
  } finally {
    await opened.close();
  }
}

/** Whether every window of the run was closed by the target itself meanwhile, whatever the run could have closed. */
export function isClosedByItself(record: RunRecord): boolean {
  return !archiveIsAlone(record) && realClock.epochMs() - CLOSED_BY_ITSELF_MS >= record.endedAtMs;
}

/** The run could not have all windows closed. The server of a run's own archive ended with the run: nobody will. */
function unclosedOf(record: RunRecord, alone: boolean): Unclosed | undefined {
  const { notClosed } = record.audit;
  if (notClosed === undefined) return undefined;
  const { slotMs, load } = record;
  const dueThroughMs = realClock.epochMs() - CLOSED_BY_ITSELF_MS;
  const ofTarget = isClosedByItself(record) ? { dueThroughMs } : { advice: AUDIT_AGAIN };
  return {
    because: notClosed,
    heldMs: heldMsMax(slotMs, load.commands.rate ?? 0),
    ...(alone ? {} : ofTarget),
  };
}

/** The ledger of a run. Throws a {@link Fault} that leaves the verdict open where there is none. */
export function readLedgerOf(folder: string): Ledger {
  try {
    return readLedger(ledgerFilesIn(join(folder, LEDGER_FOLDER)));
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'ledger_empty') throw error;
    throw new Fault(
      'no_ledger',
      `no verdict: the ledger of the run is missing (${error.message})`,
      'Name the folder that the run was written to, with its ledger folder; a copy of the record alone cannot be audited.',
      EXIT_CODE.noVerdict,
    );
  }
}

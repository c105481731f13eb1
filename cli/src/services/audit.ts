import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  EXIT_CODE,
  type OperatorClaims,
  type RunAudit,
  type RunRecord,
  type WindowDocument,
} from '@gaitway/contract';
import {
  type Archive,
  LmdbArchive,
  mintToken,
  openDataFolder,
  openLmdbEnvironment,
  openMongoArchive,
  openUndamaged,
  RETENTION_DEFAULT,
  realClock,
  StoreFault,
  tokenSecretOf,
} from '@gaitway/reference-server';
import { ArchiveOverHttp, auditedSpan } from '@gaitway/scenarios';
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
import type { StoredRun } from '../run-folder.ts';
import { probeTargets } from './target.ts';
import { withWhatViewersSaw } from './viewers-of-run.ts';

/** Whose archive is to be read, and by what. */
export interface ArchiveAsked {
  run: StoredRun;
  dataFolder: string;
  mongoUrl?: string;
}

export interface AuditAnswer {
  run: string;
  /** Where the documents were read from. */
  archive: string;
  audit: RunAudit;
}

const PAGE = 500;
const LEDGER_FOLDER = 'ledger';
const TOKEN_SECONDS = 3600;
/** So long after a run, and after its end, every window was closed by itself if the server is still at work. */
const CLOSED_BY_ITSELF_MS = 600_000;
const OPERATOR: OperatorClaims = { role: 'operator', operator: 'gaitway audit' };

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

function readLedgerOf(folder: string): Ledger {
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

/** An archive that the run had for itself holds nothing else; another may have seen other runs and patients. */
export function archiveIsAlone({ archive }: RunRecord): boolean {
  return archive.kind === 'embedded' || archive.prefix !== undefined;
}

export interface OpenedArchive {
  says: string;
  windows(fromMs: number, toMs: number): AsyncIterable<WindowDocument[]>;
  close(): Promise<void>;
}

/** Opens the archive of a run as its record says. Throws a {@link Fault} that leaves the verdict open where there is none. */
export async function openArchiveOf(asked: ArchiveAsked): Promise<OpenedArchive> {
  const { record, folder } = asked.run;
  const { kind, location, prefix } = record.archive;
  switch (kind) {
    case 'embedded':
      return openEmbedded(resolve(folder, location), record.environment.stores.readingLog.durability);
    case 'mongo':
      return openMongo(asked.mongoUrl ?? location, prefix);
    case 'http':
      return asked.mongoUrl === undefined ? overHttp(location, asked.dataFolder) : openMongo(asked.mongoUrl);
    default:
      throw new Fault(
        'no_archive',
        `no verdict: the record says that its archive was ${kind}: there is nothing to compare the ledger with`,
        'Audit a run whose archive is still there.',
        EXIT_CODE.noVerdict,
      );
  }
}

async function openEmbedded(path: string, durability: string): Promise<OpenedArchive> {
  if (!existsSync(path)) {
    throw new Fault(
      'no_archive',
      `no verdict: the store of the run is not at ${path}`,
      'Name the folder that the run was written to, with its data folder.',
      EXIT_CODE.noVerdict,
    );
  }
  const folder = openDataFolder(path);
  const level = durability === 'machine' ? 'machine' : 'process';
  const { storesFolder } = folder;
  const { environment, archive } = openUndamaged(storesFolder, () => {
    const environment = openLmdbEnvironment(storesFolder, level);
    return { environment, archive: new LmdbArchive(environment, { retention: RETENTION_DEFAULT }) };
  });
  const { says, windows } = reading(archive, `the embedded store in ${path}`);
  return {
    says,
    windows: (fromMs, toMs) => undamaged(storesFolder, windows(fromMs, toMs)),
    close: async () => {
      await archive.close();
      await environment.close();
      folder.close();
    },
  };
}

/** A damaged page may be met only when it is read. */
async function* undamaged<Page>(folder: string, pages: AsyncIterable<Page>): AsyncIterable<Page> {
  try {
    yield* pages;
  } catch (error) {
    openUndamaged(folder, () => {
      throw error;
    });
  }
}

async function openMongo(url: string, prefix?: string): Promise<OpenedArchive> {
  const archive = await openMongoArchive(url, {
    ...{ clock: realClock, retention: RETENTION_DEFAULT, readsOnly: true },
    ...(prefix === undefined ? {} : { prefix }),
  }).catch((error: unknown) => {
    if (!(error instanceof StoreFault) || error.code !== 'mongo_missing') throw error;
    throw new Fault(
      'no_archive',
      `no verdict: ${error.message}`,
      'Audit a run whose archive is still there.',
      EXIT_CODE.noVerdict,
    );
  });
  return { ...reading(archive, 'MongoDB'), close: () => archive.close() };
}

function reading(archive: Archive, says: string): Omit<OpenedArchive, 'close'> {
  return { says, windows: (fromMs, toMs) => archive.scanWindows(fromMs, toMs, PAGE) };
}

async function overHttp(url: string, dataFolder: string): Promise<OpenedArchive> {
  const token = mintToken(
    OPERATOR,
    tokenSecretOf(dataFolder, process.env),
    TOKEN_SECONDS,
    realClock.epochMs(),
  );
  await probeTargets([url], token);
  const api = new ArchiveOverHttp(url, token);
  return { says: url, windows: (fromMs, toMs) => api.windows(fromMs, toMs), close: async () => {} };
}

import { join, resolve } from 'node:path';
import { EXIT_CODE, type OperatorClaims, type RunAudit, type WindowDocument } from '@gaitway/contract';
import {
  type Archive,
  LmdbArchive,
  mintToken,
  openDataFolder,
  openLmdbEnvironment,
  openMongoArchive,
  RETENTION_DEFAULT,
  realClock,
  tokenSecretOf,
} from '@gaitway/reference-server';
import { ArchiveOverHttp, documentsOfRun } from '@gaitway/scenarios';
import { audit, bootOf, ledgerFilesIn, readLedger } from '@gaitway/simulator';
import { Fault } from '../fault.ts';
import type { StoredRun } from '../run-folder.ts';
import { probeTargets } from './target.ts';

export interface AuditAsked {
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
const OPERATOR: OperatorClaims = { role: 'operator', operator: 'gaitway audit' };

/** Compares the ledger of a run that is over with its archive once more. */
export async function auditRun(asked: AuditAsked): Promise<AuditAnswer> {
  const { record, folder } = asked.run;
  const ledger = readLedger(ledgerFilesIn(join(folder, LEDGER_FOLDER)));
  const { windowMs } = record.windowSettings;
  const firstMs = Math.min(
    ...record.phases.filter(({ phase }) => phase !== 'connect').map(({ fromMs }) => fromMs),
  );
  const fromMs = firstMs - 2 * windowMs;
  const toMs = record.endedAtMs + 2 * windowMs;
  const opened = await openArchive(asked);
  try {
    const windows = opened.windows(fromMs, toMs);
    // An archive that the run had for itself holds nothing else; another may have seen other runs and patients.
    const alone = record.archive.kind === 'embedded';
    const found = await audit(
      ledger,
      alone ? windows : documentsOfRun(windows, bootOf({ startMs: firstMs })),
      {
        strangers: alone ? 'phantom' : 'ignore',
      },
    );
    return { run: record.id, archive: opened.says, audit: withWhatViewersSaw(found, record.audit) };
  } finally {
    await opened.close();
  }
}

interface OpenedArchive {
  says: string;
  windows(fromMs: number, toMs: number): AsyncIterable<WindowDocument[]>;
  close(): Promise<void>;
}

async function openArchive(asked: AuditAsked): Promise<OpenedArchive> {
  const { record, folder } = asked.run;
  const { kind, location } = record.archive;
  switch (kind) {
    case 'embedded':
      return openEmbedded(resolve(folder, location), record.environment.stores.readingLog.durability);
    case 'mongo':
      return openMongo(asked.mongoUrl ?? location);
    case 'http':
      return asked.mongoUrl === undefined ? overHttp(location, asked.dataFolder) : openMongo(asked.mongoUrl);
    default:
      throw new Fault(
        'no_archive',
        `the record says that its archive was ${kind}: there is nothing to compare the ledger with`,
        'Audit a run whose archive is still there.',
        EXIT_CODE.badInput,
      );
  }
}

async function openEmbedded(path: string, durability: string): Promise<OpenedArchive> {
  const folder = openDataFolder(path);
  const level = durability === 'machine' ? 'machine' : 'process';
  const environment = openLmdbEnvironment(folder.storesFolder, level);
  const archive = new LmdbArchive(environment, { retention: RETENTION_DEFAULT });
  return {
    ...reading(archive, `the embedded store in ${path}`),
    close: async () => {
      await archive.close();
      await environment.close();
      folder.close();
    },
  };
}

async function openMongo(url: string): Promise<OpenedArchive> {
  const archive = await openMongoArchive(url, { clock: realClock, retention: RETENTION_DEFAULT });
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

/** What viewers saw is known to the run alone: its findings are carried over. */
function withWhatViewersSaw(found: RunAudit, recorded: RunAudit): RunAudit {
  const { staleAtViewer, seenByForbiddenViewer } = recorded;
  const viewersFail = staleAtViewer + seenByForbiddenViewer > 0;
  return {
    ...found,
    staleAtViewer,
    seenByForbiddenViewer,
    verdict: viewersFail ? 'fails' : found.verdict,
    compared: { ...found.compared, watched: recorded.compared.watched },
    examples: [
      ...found.examples,
      ...recorded.examples.filter(
        ({ category }) => category === 'staleAtViewer' || category === 'seenByForbiddenViewer',
      ),
    ],
  };
}

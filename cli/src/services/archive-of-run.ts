import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT_CODE, type OperatorClaims, type RunRecord, type WindowDocument } from '@gaitway/contract';
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
import { ArchiveOverHttp } from '@gaitway/scenarios';
import { Fault } from '../fault.ts';
import type { StoredRun } from '../run-folder.ts';
import type { Progress } from './progress.ts';
import { probeTargets } from './target.ts';

const PAGE = 500;
const TOKEN_SECONDS = 3600;
const OPERATOR: OperatorClaims = { role: 'operator', operator: 'gaitway audit' };

/** Whose archive is to be read, and by what. */
export interface ArchiveAsked {
  run: StoredRun;
  dataFolder: string;
  mongoUrl?: string;
  /** Told how many of its windows were read. */
  progress?: Progress;
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
  const opened = await openedOf(asked);
  const { progress, run } = asked;
  if (progress === undefined) return opened;
  const of = windowsAtMost(run.record);
  return { ...opened, windows: (fromMs, toMs) => told(opened.windows(fromMs, toMs), progress, of) };
}

/** Every patient has one more window than there are lengths of one: the first and the last are not whole. */
function windowsAtMost({ patients, phases, endedAtMs, windowSettings }: RunRecord): number {
  const firstMs = phases.find(({ phase }) => phase === 'warm-up')?.fromMs ?? endedAtMs;
  return patients * (Math.ceil((endedAtMs - firstMs) / windowSettings.windowMs) + 1);
}

async function* told(
  pages: AsyncIterable<WindowDocument[]>,
  progress: Progress,
  of: number,
): AsyncIterable<WindowDocument[]> {
  let done = 0;
  for await (const page of pages) {
    yield page;
    done += page.length;
    progress.at(done, Math.max(done, of));
  }
}

async function openedOf(asked: ArchiveAsked): Promise<OpenedArchive> {
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

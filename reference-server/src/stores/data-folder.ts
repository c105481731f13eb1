import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SituationFault } from '../situation-fault.ts';
import { FolderLock } from './folder-lock.ts';
import { makeFolder } from './make-folder.ts';

/** The layout of a data folder that this version writes and reads. */
export const DATA_FORMAT_VERSION = 1;

/** What can be wrong with a data folder. The code is for programs, the message for people. */
export const DATA_FOLDER_FAULTS = [
  'not_a_folder',
  'not_writable',
  'not_ours',
  'held',
  'older_format',
  'newer_format',
  'damaged',
] as const;
export type DataFolderFaultCode = (typeof DATA_FOLDER_FAULTS)[number];

/** What is wrong with a data folder, and what to do. */
export class DataFolderFault extends SituationFault<DataFolderFaultCode> {
  override name = 'DataFolderFault';
}

/** A data folder that this process holds, and nobody else. */
export interface DataFolder {
  readonly path: string;
  /** Where the stores put their files. */
  readonly storesFolder: string;
  /** Lets another process have it. Close the stores first. */
  close(): void;
}

const VERSION_FILE = 'format-version';
const LOCK_FILE = 'lock';
const STORES_FOLDER = 'stores';

/**
 * Opens a data folder for this process, and creates it where there is none. Throws {@link DataFolderFault}
 * for a folder that cannot be used; then nothing in it was changed.
 */
export function openDataFolder(path: string): DataFolder {
  const folder = resolve(path);
  try {
    createFolder(folder);
    checkFormat(folder);
    const lock = FolderLock.take(join(folder, LOCK_FILE));
    if (typeof lock === 'number') {
      throw new DataFolderFault(
        'held',
        `The data folder ${folder} is held by another server (process ${lock}).`,
        'Stop that one, or start this one with another data folder.',
      );
    }
    try {
      prepare(folder);
    } catch (error) {
      lock.release();
      throw error;
    }
    return { path: folder, storesFolder: join(folder, STORES_FOLDER), close: () => lock.release() };
  } catch (error) {
    if (isRefusedWrite(error)) throw notWritable(folder, error);
    throw error;
  }
}

function createFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw notWritable(folder, error);
    throw new DataFolderFault(
      'not_a_folder',
      `The data folder ${folder} cannot be made: it, or a part of its path, is a file.`,
      'Name another folder, or move the file away.',
      error,
    );
  }
  // An administrator may write into a folder that forbids it; whoever forbade it meant something by it.
  const { mode } = statSync(folder);
  if (process.platform !== 'win32' && (mode & 0o222) === 0) throw notWritable(folder);
}

function checkFormat(folder: string): void {
  const text = readVersion(folder);
  if (text === null) {
    const others = readdirSync(folder).filter(
      (name) => ![LOCK_FILE, STORES_FOLDER].includes(name.split('.')[0]!),
    );
    if (others.length === 0) return;
    throw new DataFolderFault(
      'not_ours',
      `The folder ${folder} holds files of others (${others.slice(0, 3).join(', ')}), and no ${VERSION_FILE}.`,
      'Name an empty folder, or one that does not exist yet.',
    );
  }
  const version = /^\d+\n?$/.test(text) ? Number(text) : Number.NaN;
  if (version === DATA_FORMAT_VERSION) return;
  if (Number.isNaN(version)) {
    throw new DataFolderFault(
      'damaged',
      `The data folder ${folder} has a ${VERSION_FILE} that is no number.`,
      'Restore the folder from a copy, or start with another one.',
    );
  }
  const older = version < DATA_FORMAT_VERSION;
  throw new DataFolderFault(
    older ? 'older_format' : 'newer_format',
    `The data folder ${folder} is of format ${version}; this version reads format ${DATA_FORMAT_VERSION}.`,
    `Start the ${older ? 'older' : 'newer'} version that wrote it, or start with another data folder.`,
  );
}

function readVersion(folder: string): string | null {
  try {
    return readFileSync(join(folder, VERSION_FILE), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Under the lock. The version file comes last: a folder that has one is whole. */
function prepare(folder: string): void {
  makeFolder(join(folder, STORES_FOLDER));
  if (readVersion(folder) !== null) return;
  const draft = join(folder, `${LOCK_FILE}.${VERSION_FILE}`);
  writeFileSync(draft, `${DATA_FORMAT_VERSION}\n`);
  try {
    renameSync(draft, join(folder, VERSION_FILE));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function notWritable(folder: string, cause?: unknown): DataFolderFault {
  return new DataFolderFault(
    'not_writable',
    `The data folder ${folder} cannot be written${cause ? ` (${codeOf(cause)})` : ': its mode forbids it'}.`,
    'Give this user the right to write there, or name another folder.',
    cause,
  );
}

function isRefusedWrite(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException | null)?.code ?? '');
}

import { accessSync, constants, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** A folder cannot be made, or not be written; `code` is that of the operating system. */
export class FolderFault extends Error {
  override name = 'FolderFault';
  readonly code: string;

  constructor(code: string, says: string, cause?: unknown) {
    super(says, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/**
 * Makes a folder and those above it that are missing, step by step from the nearest that is there, and sees that it
 * can be written. Throws {@link FolderFault}.
 *
 * Node's own way (`recursive`) tries a folder again as long as making it says ENOENT, since then one above it should be
 * missing. Some file systems say so of every folder, /proc for one, and there it never returns.
 */
export function makeFolder(path: string, mode?: number): void {
  const missing: string[] = [];
  let there = resolve(path);
  let stats = statsOf(there);
  while (stats === undefined) {
    missing.push(there);
    there = dirname(there);
    stats = statsOf(there);
  }
  if (!stats.isDirectory()) throw new FolderFault('ENOTDIR', `${there} is not a folder`);
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new FolderFault(codeOf(error), `${there} cannot be written (${codeOf(error)})`, error);
  }
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, mode);
    } catch (error) {
      // Another process that starts just now may have made it.
      if (codeOf(error) === 'EEXIST' && statsOf(folder)?.isDirectory()) continue;
      throw new FolderFault(codeOf(error), `${folder} cannot be made (${codeOf(error)})`, error);
    }
  }
}

/** What is there; nothing, also where a part of the path is a file. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error)) && path !== dirname(path)) return undefined;
    throw new FolderFault(codeOf(error), `${path} cannot be looked at (${codeOf(error)})`, error);
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException | null)?.code ?? '');
}

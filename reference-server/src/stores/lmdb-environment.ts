import { type Database, type DatabaseOptions, type Key, open } from 'lmdb';
import type { Durability, DurabilityLevel } from '../ingest/reading-log.ts';
import { DataFolderFault } from './data-folder.ts';

/** What a batch asks for. */
export interface WriteBatch {
  put<V, K extends Key>(database: Database<V, K>, key: K, value: V): void;
  remove<V, K extends Key>(database: Database<V, K>, key: K): void;
}

/**
 * One LMDB environment, shared by the embedded stores of one server process. Its writes are committed in
 * the order in which they were asked for, those of one `batch` together or not at all.
 */
export interface LmdbEnvironment {
  readonly durability: Durability;
  /** A database of the environment; the same name is the same database. */
  database<V, K extends Key>(name: string, options: DatabaseOptions): Database<V, K>;
  /**
   * Everything that `ask` asks for becomes durable together; resolves when it is. Rejects when the disk is
   * full or fails: then nothing of it was kept.
   */
  batch(ask: (batch: WriteBatch) => void): Promise<void>;
  close(): Promise<void>;
}

const DETAIL: Record<DurabilityLevel, string> = {
  process:
    'LMDB commit without fsync: written to the page cache, which outlives a killed process; a power loss may damage the file',
  machine: 'LMDB commit with fsync before it counts as done',
};

/** The databases that the embedded stores may open together. */
const DATABASES_MAX = 24;

/**
 * Opens (and creates) the environment in a folder.
 *
 * `process` commits without fsync: what was committed lies in the operating system's page cache and
 * survives `kill -9`; a power loss may damage the file. `machine` is LMDB's own way: data and then the page
 * that makes it visible are synced before the commit counts.
 */
export function openLmdbEnvironment(folder: string, level: DurabilityLevel): LmdbEnvironment {
  const root = open({
    path: folder,
    noSubdir: false,
    maxDbs: DATABASES_MAX,
    noSync: level === 'process',
    overlappingSync: false,
    // Every write comes in an explicit batch. The library's own batches leave a promise to nobody when they fail.
    eventTurnBatching: false,
  });
  return {
    durability: { level, known: 'checked', detail: DETAIL[level] },
    database: <V, K extends Key>(name: string, options: DatabaseOptions) =>
      root.openDB<V, K>({ ...options, name }) as Database<V, K>,
    batch: async (ask) => {
      try {
        await root.batch(() => ask(WRITES));
      } catch (error) {
        throw await commitFault(error, folder);
      }
    },
    close: () => root.close(),
  };
}

/**
 * What LMDB says of a file that does not fit together: a page that is missing or of the wrong kind, a file that is
 * no environment, a fatal error before. Source: lmdb.h.
 */
const DAMAGE_CODES: ReadonlySet<unknown> = new Set([-30797, -30796, -30795, -30793]);

/**
 * Opens what lies in an environment of this folder. Throws a {@link DataFolderFault} when LMDB finds its file
 * damaged. It reads through a memory map and trusts what it finds: a file that was cut short, or whose first pages
 * are gone, ends the process with SIGBUS or SIGSEGV instead.
 */
export function openUndamaged<Opened>(folder: string, open: () => Opened): Opened {
  try {
    return open();
  } catch (error) {
    if (!DAMAGE_CODES.has((error as { code?: unknown } | null)?.code)) throw error;
    throw new DataFolderFault(
      'damaged',
      `The stores in ${folder} are damaged (${(error as Error).message}). Without fsync (durability "process") a power loss can do that.`,
      'Restore the data folder from a copy, or start with another one; the durability "machine" outlives a power loss.',
      error,
    );
  }
}

/** Each write has a promise of its own that fails with its commit. The batch's is the one that is awaited. */
const WRITES: WriteBatch = {
  put: (database, key, value) => void database.put(key, value).catch(leaveToTheBatch),
  remove: (database, key) => void database.remove(key).catch(leaveToTheBatch),
};

function leaveToTheBatch(error: unknown): void {
  commitErrorOf(error)?.catch(() => {});
}

/** The library tells the reason of a failed commit in a second promise, which is settled in the same turn. */
function commitErrorOf(error: unknown): Promise<never> | undefined {
  return (error as { commitError?: Promise<never> }).commitError;
}

async function commitFault(error: unknown, folder: string): Promise<Error> {
  const nothingMore = new Promise<never>((_, reject) => setImmediate(() => reject(error)));
  const cause = await Promise.race([commitErrorOf(error) ?? nothingMore, nothingMore]).catch(
    (reason) => reason,
  );
  const says = cause instanceof Error ? cause.message : String(cause);
  return new Error(`the data folder ${folder} could not be written: ${says}. Is its disk full?`, { cause });
}

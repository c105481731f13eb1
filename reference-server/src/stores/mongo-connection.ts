import { type Db, MongoClient, MongoParseError, type WriteConcern } from 'mongodb';
import type { Durability } from '../ingest/reading-log.ts';
import { StoreFault, withoutPassword } from './store-fault.ts';

const DATABASE_DEFAULT = 'gaitway';
/** Long enough for an election of a replica set's primary to be noticed by a retry, short enough to be told of. */
const SERVER_SELECTION_MS = 3000;
const SOCKET_MS = 30_000;

export interface MongoConnectionOptions {
  /** Connections at most; more questions than this at once wait for one. */
  poolSize?: number;
  serverSelectionMs?: number;
}
export const MONGO_POOL_SIZE_DEFAULT = 16;

export interface MongoConnection {
  client: MongoClient;
  /** The database that the URL names, or `gaitway`. */
  database: Db;
}

/**
 * A client of the MongoDB at this address, which answered. A write counts when a majority of the replica set
 * has it in its journal, unless the address says `journal=false` ({@link mongoDurability} tells). Sessions, transactions and the driver's own repetition of writes are not used: the
 * archive's writes are idempotent and repeated by the archive, on every kind of server. Throws a
 * {@link StoreFault} when the address is wrong or nothing answers there.
 */
export async function connectMongo(
  url: string,
  options: MongoConnectionOptions = {},
): Promise<MongoConnection> {
  const serverSelectionTimeoutMS = options.serverSelectionMs ?? SERVER_SELECTION_MS;
  let client: MongoClient;
  try {
    client = new MongoClient(url, {
      appName: 'gaitway',
      serverSelectionTimeoutMS,
      connectTimeoutMS: serverSelectionTimeoutMS,
      socketTimeoutMS: SOCKET_MS,
      waitQueueTimeoutMS: SOCKET_MS,
      maxPoolSize: options.poolSize ?? MONGO_POOL_SIZE_DEFAULT,
      retryWrites: false,
      ignoreUndefined: true,
      writeConcern: { w: 'majority', journal: true },
    });
  } catch (error) {
    throw wrongUrl(url, error);
  }
  const database = client.db(databaseOf(url));
  try {
    await database.command({ ping: 1 });
  } catch (error) {
    await client.close().catch(() => {});
    if (error instanceof MongoParseError) throw wrongUrl(url, error);
    throw new StoreFault(
      'mongo_unreachable',
      `No MongoDB answers at ${withoutPassword(url)}: ${reasonOf(error)}.`,
      'Start it, or correct the MongoDB URL (--mongo or GAITWAY_MONGO_URL).',
      error,
    );
  }
  return { client, database };
}

/**
 * What a write outlives that was confirmed under this write concern. Declared: that a server keeps a journal,
 * and syncs it before it confirms, is asked of it with every write; it does not prove it.
 */
export function mongoDurability(concern: WriteConcern | undefined): Durability {
  const journal = concern?.journal === true;
  return {
    level: journal ? 'machine' : 'process',
    known: 'declared',
    detail: `MongoDB write concern w ${concern?.w ?? 'of the server'}, j ${journal}: ${
      journal ? 'confirmed once it is in the journal on the disk' : 'confirmed from memory'
    }`,
  };
}

function databaseOf(url: string): string {
  return /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/.exec(url)?.[1] ?? DATABASE_DEFAULT;
}

function wrongUrl(url: string, cause: unknown): StoreFault {
  return new StoreFault(
    'mongo_url',
    `${withoutPassword(url)} is not the address of a MongoDB: ${reasonOf(cause)}.`,
    'Write mongodb://HOST:PORT/DATABASE, with several hosts for a replica set, or mongodb+srv://HOST/DATABASE.',
    cause,
  );
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}

import type { Clock, WindowSettings } from '@gaitway/contract';
import type { Archive } from '../archive/archive.ts';
import { LmdbArchive } from '../archive/lmdb-archive.ts';
import { meteredArchive } from '../archive/metered-archive.ts';
import { openMongoArchive } from '../archive/mongo-archive.ts';
import type { Cache } from '../cache/cache.ts';
import { CachedArchive } from '../cache/cached-archive.ts';
import { EmbeddedCache } from '../cache/embedded-cache.ts';
import { OFF_CACHE } from '../cache/off-cache.ts';
import { RedisCache } from '../cache/redis-cache.ts';
import { ArchiveReadingLog } from '../ingest/archive-reading-log.ts';
import { LmdbReadingLog } from '../ingest/lmdb-reading-log.ts';
import type { ReadingLog } from '../ingest/reading-log.ts';
import { openRedisReadingLog, redisReadingLogToRead } from '../ingest/redis-reading-log.ts';
import { JOB_LEASE_MS, type JobQueue } from '../jobs/job-queue.ts';
import { MemoryJobQueue } from '../jobs/memory-job-queue.ts';
import type { Meter } from '../observe/meter.ts';
import type { ServerSettings } from '../settings.ts';
import { LmdbWaveStore } from '../update/lmdb-wave-store.ts';
import { RedisWaveStore } from '../update/redis-wave-store.ts';
import type { WaveStore } from '../update/wave-store.ts';
import { LmdbPartitionLeases } from '../window/lmdb-partition-leases.ts';
import type { PartitionLeases } from '../window/partition-leases.ts';
import { RedisPartitionLeases } from '../window/redis-partition-leases.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { insistOnNothingLeftBehind, singleReadingsOf, type UnreadPlace, unreadOf } from './left-behind.ts';
import { type LmdbEnvironment, openLmdbEnvironment, openUndamaged } from './lmdb-environment.ts';
import { lmdbLayout } from './lmdb-layout.ts';
import { connectRedis, type RedisClient } from './redis-connection.ts';
import { RedisKeys } from './redis-keys.ts';
import { redisLayout } from './redis-layout.ts';
import { settleLayout } from './store-layout.ts';

/** The stores of one server process, whichever they are. */
export interface Stores {
  log: ReadingLog;
  leases: PartitionLeases;
  /** The archive itself: what processors, exports and audits read. */
  archive: Archive;
  /** The archive behind the cache: what viewers and the API read and write. */
  cachedArchive: Archive;
  /** Work that nobody waits for, shared by all instances where there is Redis. */
  jobs: JobQueue;
  /** Where update waves are kept: in Redis, which all instances share, or in the embedded store. */
  wave: WaveStore;
  /** How time is cut in them: as the settings say, but for an origin that is reused. */
  window: WindowSettings;
  /** What they are, for the run record. */
  names: { log: string; archive: string; cache: string };
  close(): Promise<void>;
}

const CACHE_PATIENCE_MS = 250;

/**
 * Opens what the settings name: Redis and MongoDB where there is a URL, the embedded store in its place otherwise.
 * Throws a `StoreFault` or `DataFolderFault` for one that cannot be used as the settings say.
 */
export async function openStores(
  settings: ServerSettings,
  clock: Clock,
  meter: Meter,
  warn: (says: string) => void = () => {},
): Promise<Stores> {
  const closing: (() => Promise<void>)[] = [];
  try {
    const embedded = settings.redisUrl === undefined || settings.mongoUrl === undefined;
    let folder: DataFolder | undefined;
    if (embedded) {
      folder = openDataFolder(settings.dataFolder);
      closing.push(async () => folder?.close());
    }
    const embeddedStore = <Opened>(open: () => Opened) => openUndamaged(folder!.storesFolder, open);
    const environment = folder
      ? embeddedStore(() => openLmdbEnvironment(folder.storesFolder, settings.durability))
      : undefined;
    if (environment) closing.push(() => environment.close());

    const { retention, mongoPrefix: prefix } = settings;
    const mongo = settings.mongoUrl
      ? await openMongoArchive(settings.mongoUrl, { clock, retention, prefix })
      : undefined;
    const store = mongo ?? embeddedStore(() => new LmdbArchive(environment!, { retention }));
    closing.push(() => store.close());
    const archive = meteredArchive(store, meter);

    const redis = settings.redisUrl ? await connectRedis(settings.redisUrl) : undefined;
    if (redis) closing.push(async () => redis.disconnect());
    // A look-up that waits is worse than a miss: the cache has a connection of its own, with a short patience.
    const cacheRedis =
      settings.redisUrl && settings.cache === 'on'
        ? await connectRedis(settings.redisUrl, { commandTimeoutMs: CACHE_PATIENCE_MS })
        : undefined;
    if (cacheRedis) closing.push(async () => cacheRedis.disconnect());
    const keys = new RedisKeys(settings.redisPrefix);
    const log =
      settings.cache === 'off'
        ? await ArchiveReadingLog.open(archive, settings)
        : redis
          ? await openRedisReadingLog(redis, keys, clock, {
              partitions: settings.partitions,
              durability: settings.durability,
              entriesMax: settings.logEntriesMax,
            })
          : embeddedStore(
              () =>
                new LmdbReadingLog(environment!, {
                  partitions: settings.partitions,
                  entriesMax: settings.logEntriesMax,
                }),
            );
    closing.push(() => log.close());

    const keepers = [
      ...(redis ? [redisLayout(redis, keys)] : []),
      ...(environment ? [embeddedStore(() => lmdbLayout(environment, folder!.path))] : []),
      ...(mongo ? [mongo.layout] : []),
    ];
    const asked = { partitions: settings.partitions, ...settings.window };
    const { partitions: _, ...window } = await settleLayout(keepers, asked, {
      reuseOrigin: settings.reuseWindowOrigin,
    });
    // Who takes no readings makes nothing worse, and has to be able to archive what was left.
    if (settings.roles.includes('gateway')) {
      const places = unreadPlaces(settings, clock, { archive, folder, environment, redis, keys });
      const { allowedLatenessMs } = settings;
      const nowMs = clock.epochMs();
      await insistOnNothingLeftBehind(places, { archive, window, allowedLatenessMs, nowMs, retention });
    }

    const leases = redis
      ? new RedisPartitionLeases(redis, keys)
      : embeddedStore(() => new LmdbPartitionLeases(environment!, clock));
    const jobs = redis
      ? await openRedisJobs(redis, keys, settings, clock, warn)
      : new MemoryJobQueue(settings.insights.queueMax);
    closing.push(() => jobs.close());
    const cache = cacheOf(settings, clock, meter, cacheRedis, keys);
    const cachedArchive = new CachedArchive({
      archive,
      cache,
      clock,
      meter,
      ttlMs: settings.cacheTtlMs,
      processId: `${settings.instance}:${clock.epochMs()}`,
      windowMs: settings.window.windowMs,
    });
    return {
      log,
      leases,
      archive,
      cachedArchive,
      jobs,
      // Who has no Redis has an embedded store.
      wave: redis ? new RedisWaveStore(redis, keys) : embeddedStore(() => new LmdbWaveStore(environment!)),
      window,
      names: {
        log:
          settings.cache === 'off' ? 'none (cache off: straight to the archive)' : redis ? 'redis' : 'lmdb',
        archive: settings.mongoUrl ? 'mongodb' : 'lmdb',
        cache: settings.cache === 'off' ? 'off' : redis ? 'redis' : 'embedded',
      },
      close: () => closeAll(closing),
    };
  } catch (error) {
    await closeAll(closing);
    throw error;
  }
}

interface OpenedStores {
  archive: Archive;
  folder: DataFolder | undefined;
  environment: LmdbEnvironment | undefined;
  redis: RedisClient | undefined;
  keys: RedisKeys;
}

/** Where readings lie that were acknowledged under other flags: the logs in these stores that this server does not read. */
function unreadPlaces(
  { cache, partitions }: ServerSettings,
  clock: Clock,
  { archive, folder, environment, redis, keys }: OpenedStores,
): UnreadPlace[] {
  const places: UnreadPlace[] = [];
  if (environment && (cache === 'off' || redis)) {
    places.push({
      name: `The reading log in the data folder ${folder!.path}`,
      readWith: redis ? '--cache on, without Redis' : '--cache on',
      records: () =>
        unreadOf(
          openUndamaged(
            folder!.storesFolder,
            () => new LmdbReadingLog(environment, { partitions, entriesMax: 0 }),
          ),
        ),
    });
  }
  if (redis && cache === 'off') {
    places.push({
      name: `The reading log in Redis (${keys.layout()})`,
      readWith: '--cache on',
      records: () => unreadOf(redisReadingLogToRead(redis, keys, clock, partitions)),
    });
  }
  if (cache === 'on') {
    places.push({
      name: 'The archive',
      readWith: '--cache off',
      records: () => singleReadingsOf(archive, partitions),
    });
  }
  return places;
}

async function openRedisJobs(
  redis: RedisClient,
  keys: RedisKeys,
  { instance, insights }: ServerSettings,
  clock: Clock,
  warn: (says: string) => void,
): Promise<JobQueue> {
  // Loaded here: a server without Redis need not wait for BullMQ.
  const { RedisJobQueue } = await import('../jobs/redis-job-queue.ts');
  const owner = `${instance}:${clock.epochMs()}`;
  return new RedisJobQueue(redis, keys, { owner, heldMax: insights.queueMax, leaseMs: JOB_LEASE_MS, warn });
}

function cacheOf(
  settings: ServerSettings,
  clock: Clock,
  meter: Meter,
  redis: RedisClient | undefined,
  keys: RedisKeys,
): Cache {
  if (settings.cache === 'off') return OFF_CACHE;
  const bytesMax = settings.cacheBytesMax;
  return redis
    ? new RedisCache({ client: redis, keys, clock, meter, bytesMax })
    : new EmbeddedCache(bytesMax, clock, meter);
}

/** Closes in the reverse order of opening; one that fails does not keep the others open. */
async function closeAll(closing: (() => Promise<void>)[]): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close().catch(() => {});
}

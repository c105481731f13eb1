import { RETENTION_DEFAULT, type SaveOutcome } from '../archive/archive.ts';
import { documentOf } from '../archive/documents.fixture.ts';
import { openMongoArchive } from '../archive/mongo-archive.ts';
import { openRedisReadingLog } from '../ingest/redis-reading-log.ts';
import { realClock } from '../real-clock.ts';
import { connectRedis } from '../stores/redis-connection.ts';
import { RedisKeys } from '../stores/redis-keys.ts';
import type { Lease } from './partition-leases.ts';
import { RedisPartitionLeases } from './redis-partition-leases.ts';

export interface OwnerSettings {
  owner: string;
  redisUrl: string;
  mongoUrl: string;
  prefix: string;
  ttlMs: number;
}

export type ToOwner =
  | { type: 'start'; settings: OwnerSettings }
  | { type: 'acquire' }
  /** Saves the windows of these minutes under the lease that it has, whether it still holds it or not. */
  | { type: 'write'; minutes: number[]; readings: number; revision: number; closedThroughMs: number };

export type FromOwner =
  | { type: 'started' }
  | { type: 'acquired'; lease: Lease | null }
  | { type: 'written'; outcomes: SaveOutcome[]; committed: boolean; renewed: boolean };

/** A process that owns a partition and does what it is told, as soon as it runs: a test stops it in between. */
async function own(settings: OwnerSettings): Promise<(message: ToOwner) => Promise<FromOwner>> {
  const { owner, ttlMs } = settings;
  const keys = new RedisKeys(settings.prefix);
  const client = await connectRedis(settings.redisUrl);
  const logOptions = { partitions: 1, durability: 'process', entriesMax: 100 } as const;
  const log = await openRedisReadingLog(client, keys, realClock, logOptions);
  const leases = new RedisPartitionLeases(client, keys);
  const archive = await openMongoArchive(settings.mongoUrl, {
    clock: realClock,
    retention: RETENTION_DEFAULT,
  });
  let lease: Lease | null = null;
  return async (message) => {
    if (message.type !== 'write') {
      lease = await leases.acquire(0, owner, ttlMs);
      return { type: 'acquired', lease };
    }
    const { minutes, readings, revision, closedThroughMs } = message;
    const epoch = lease!.epoch;
    const windows = minutes.map((minute) => documentOf('a', minute, { epoch, readings, revision }));
    const outcomes = await archive.saveWindows(windows);
    const committed = await log.commit(0, epoch, { position: null, closedThroughMs });
    return { type: 'written', outcomes, committed, renewed: await leases.renew(lease!, ttlMs) };
  };
}

let owning: ((message: ToOwner) => Promise<FromOwner>) | undefined;

process.on('message', async (message: ToOwner) => {
  if (message.type === 'start') {
    owning = await own(message.settings);
    process.send?.({ type: 'started' } satisfies FromOwner);
    return;
  }
  process.send?.(await owning!(message));
});
process.on('disconnect', () => process.exit(0));

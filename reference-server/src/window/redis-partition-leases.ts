import { type RedisClient, RedisScript } from '../stores/redis-connection.ts';
import type { RedisKeys } from '../stores/redis-keys.ts';
import type { Lease, PartitionLeases } from './partition-leases.ts';

/**
 * A free lease, or one of the same owner (a process that was started again under its old name), is given out
 * under a new epoch. -1: no epoch was given out for this partition before, and the first one is missing.
 * A write that takes no memory comes first: Redis then carries out the rest even when its memory is full,
 * so that a full log can still be emptied.
 */
const ACQUIRE = new RedisScript(`
local holder = redis.call('GET', KEYS[1])
if holder and string.match(holder, '^%d+ (.*)$') ~= ARGV[1] then return 0 end
if redis.call('EXISTS', KEYS[2]) == 0 and not ARGV[3] then return -1 end
redis.call('DEL', KEYS[1])
if ARGV[3] then redis.call('SET', KEYS[2], ARGV[3], 'NX') end
local epoch = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], epoch .. ' ' .. ARGV[1], 'PX', ARGV[2])
return epoch
`);

/**
 * Where epochs begin: the seconds since 1970 when the first lease of all was asked for, by Redis' clock. So a
 * Redis that lost everything does not begin below the epochs of the documents in the archive.
 */
const FIRST_EPOCH = new RedisScript(`
redis.call('PERSIST', KEYS[1])
redis.call('SET', KEYS[1], redis.call('TIME')[1], 'NX')
return redis.call('GET', KEYS[1])
`);

const RENEW = new RedisScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

const RELEASE = new RedisScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

/** Notes that an owner is alive and returns who else is. Owners that nobody saw for a day are forgotten. */
const SEEN = new RedisScript(`
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', nowMs - 86400000)
redis.call('ZADD', KEYS[1], nowMs, ARGV[1])
return redis.call('ZRANGEBYSCORE', KEYS[1], nowMs - ARGV[2], '+inf')
`);

/**
 * Leases as keys that expire by Redis' own clock, so that processors need not agree on the time. What a
 * failover of Redis forgets (replication is asynchronous) may be given out twice: the archive's fence is
 * what protects the data, the leases only share the work.
 */
export class RedisPartitionLeases implements PartitionLeases {
  private readonly client: RedisClient;
  private readonly keys: RedisKeys;

  constructor(client: RedisClient, keys: RedisKeys) {
    this.client = client;
    this.keys = keys;
  }

  async acquire(partition: number, owner: string, ttlMs: number): Promise<Lease | null> {
    const keys = [this.keys.lease(partition), this.keys.epoch(partition)];
    const values = [owner, Math.ceil(ttlMs)];
    let epoch = Number(await ACQUIRE.run(this.client, keys, values));
    if (epoch === -1) {
      const first = Number(await FIRST_EPOCH.run(this.client, [this.keys.firstEpoch()], []));
      epoch = Number(await ACQUIRE.run(this.client, keys, [...values, first]));
    }
    return epoch === 0 ? null : { partition, owner, epoch };
  }

  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    const keys = [this.keys.lease(lease.partition)];
    return Number(await RENEW.run(this.client, keys, [holderOf(lease), Math.ceil(ttlMs)])) === 1;
  }

  async release(lease: Lease): Promise<void> {
    await RELEASE.run(this.client, [this.keys.lease(lease.partition)], [holderOf(lease)]);
  }

  async owners(owner: string, withinMs: number): Promise<string[]> {
    const seen = (await SEEN.run(
      this.client,
      [this.keys.owners()],
      [owner, Math.ceil(withinMs)],
    )) as string[];
    return seen.sort();
  }
}

function holderOf(lease: Lease): string {
  return `${lease.epoch} ${lease.owner}`;
}

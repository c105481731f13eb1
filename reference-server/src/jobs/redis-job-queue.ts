import { type RedisClient, RedisScript } from '../stores/redis-connection.ts';
import type { RedisKeys } from '../stores/redis-keys.ts';
import { ATTEMPTS_MAX, type Enqueued, type Job, type JobQueue, type TakenJob } from './job-queue.ts';

const NOW = `
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** KEYS: waiting lanes, bodies by lane. ARGV: lane, body, how many may be held. */
const ENQUEUE = new RedisScript(`
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return 'known' end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[3]) then return 'full' end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('RPUSH', KEYS[1], ARGV[1])
return 'queued'
`);

/**
 * KEYS: waiting lanes, bodies, attempts by lane, taken lanes by the end of their lease. ARGV: length of a lease in ms,
 * attempts. First of all come jobs whose lease ran out: their worker is gone. One that was taken too often is given up.
 */
const TAKE = new RedisScript(`${NOW}
local lost = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', nowMs, 'LIMIT', 0, 20)
for _, lane in ipairs(lost) do
  redis.call('ZREM', KEYS[4], lane)
  if tonumber(redis.call('HGET', KEYS[3], lane) or '0') >= tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[2], lane)
    redis.call('HDEL', KEYS[3], lane)
  else
    redis.call('LPUSH', KEYS[1], lane)
  end
end
local lane = redis.call('LPOP', KEYS[1])
if not lane then return false end
redis.call('ZADD', KEYS[4], nowMs + ARGV[1], lane)
return { redis.call('HGET', KEYS[2], lane), redis.call('HINCRBY', KEYS[3], lane, 1) }
`);

/** KEYS: attempts, taken lanes. ARGV: lane, attempt, length of a lease in ms. */
const RENEW = new RedisScript(`${NOW}
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] or not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[2], nowMs + ARGV[3], ARGV[1])
return 1
`);

/** KEYS: bodies, attempts, taken lanes. ARGV: lane, attempt. */
const FINISH = new RedisScript(`
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] or not redis.call('ZSCORE', KEYS[3], ARGV[1]) then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1
`);

/**
 * Jobs in Redis, between all instances. Who takes one holds it under a lease by Redis' own clock; when the lease runs
 * out the job goes to whoever asks next. docs/decisions/0009-jobs.md says why it is no BullMQ.
 */
export class RedisJobQueue implements JobQueue {
  private readonly client: RedisClient;
  private readonly keys: ReturnType<RedisKeys['jobs']>;
  private readonly options: { heldMax: number; leaseMs: number };
  private listener: () => void = () => {};

  constructor(client: RedisClient, keys: RedisKeys, options: { heldMax: number; leaseMs: number }) {
    this.client = client;
    this.keys = keys.jobs();
    this.options = options;
  }

  async enqueue(job: Job): Promise<Enqueued> {
    const { waiting, bodies } = this.keys;
    const values = [job.lane, JSON.stringify(job), this.options.heldMax];
    const outcome = String(await ENQUEUE.run(this.client, [waiting, bodies], values)) as Enqueued;
    if (outcome === 'queued') this.listener();
    return outcome;
  }

  async take(): Promise<TakenJob | null> {
    const { waiting, bodies, attempts, taken } = this.keys;
    const keys = [waiting, bodies, attempts, taken];
    const found = await TAKE.run(this.client, keys, [this.options.leaseMs, ATTEMPTS_MAX]);
    if (!Array.isArray(found)) return null;
    const [body, attempt] = found as [string, number];
    return { job: JSON.parse(body) as Job, attempt };
  }

  async renew({ job, attempt }: TakenJob): Promise<boolean> {
    const { attempts, taken } = this.keys;
    const values = [job.lane, attempt, this.options.leaseMs];
    return (await RENEW.run(this.client, [attempts, taken], values)) === 1;
  }

  async finish({ job, attempt }: TakenJob): Promise<boolean> {
    const { bodies, attempts, taken } = this.keys;
    return (await FINISH.run(this.client, [bodies, attempts, taken], [job.lane, attempt])) === 1;
  }

  async held(): Promise<number> {
    return this.client.hlen(this.keys.bodies);
  }

  onQueued(listener: () => void): void {
    this.listener = listener;
  }

  /** The connection is closed by whoever opened it. */
  async close(): Promise<void> {}
}

import type { Clock } from '@gaitway/contract';
import { type RedisClient, RedisScript } from '../stores/redis-connection.ts';
import type { RedisKeys } from '../stores/redis-keys.ts';
import { decodeEntry, encodeCloseOpen, encodeRecords } from './log-entry-codec.ts';
import {
  type AppendBatch,
  type Durability,
  type DurabilityLevel,
  type LogEntry,
  LogFull,
  type LogPosition,
  type Progress,
  type ReadingLog,
  type Watermark,
} from './reading-log.ts';
import { checkRedisDurability } from './redis-durability.ts';
import { decodeWatermark, encodeDevice, encodeWatermarks, KEEP_HIGHEST_LUA } from './redis-watermarks.ts';

/**
 * First the entries, then the watermarks: an entry that Redis refuses (its memory is full) ends the script
 * before a watermark says that the entry is there. Returns how many entries each stream holds now.
 */
const APPEND = new RedisScript(`
${KEEP_HIGHEST_LUA}
local streams = tonumber(ARGV[1])
local lengths = {}
for i = 1, streams do
  redis.call('XADD', KEYS[i], '*', 'e', ARGV[i + 1])
  lengths[i] = redis.call('XLEN', KEYS[i])
end
if KEYS[streams + 1] then keepHighest(KEYS[streams + 1], ARGV[streams + 2]) end
return lengths
`);

/**
 * A commit is refused when a later epoch committed before, and also when a later lease was given out. The
 * write that comes first takes no memory; Redis then carries out the rest even when its memory is full. Else
 * a full log could not be committed, and so never trimmed.
 */
const COMMIT = new RedisScript(`
local committed = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0')
local leased = tonumber(redis.call('GET', KEYS[2]) or '0')
if math.max(committed, leased) > tonumber(ARGV[1]) then return 0 end
redis.call('PERSIST', KEYS[1])
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'position', ARGV[2], 'closedThroughMs', ARGV[3])
return 1
`);

/** The marker is taken even when the memory is full, so that a full log can be drained. */
const MARK = new RedisScript(`
redis.call('PERSIST', KEYS[1])
return redis.call('XADD', KEYS[1], '*', 'e', ARGV[1])
`);

/** While the log is at its bound, its length is counted anew at most this often: others may have trimmed it. */
const RECOUNT_MS = 250;

export interface RedisReadingLogOptions {
  partitions: number;
  /** What must survive at least; a Redis that keeps less is refused. */
  durability: DurabilityLevel;
  /** Entries over all partitions above which the log is full. */
  entriesMax: number;
}

/**
 * The reading log in Redis: a stream per partition, one entry in it for each append. The log owns the
 * client: closing the log closes it. Throws a `StoreFault` when this Redis does not keep what it acknowledges.
 */
export async function openRedisReadingLog(
  client: RedisClient,
  keys: RedisKeys,
  clock: Clock,
  options: RedisReadingLogOptions,
): Promise<ReadingLog> {
  const durability = await checkRedisDurability(client, options.durability);
  const log = new RedisReadingLog(client, keys, clock, options, durability);
  await log.entriesHeld();
  return log;
}

/**
 * The same log for who only looks whether something was left in it: this Redis may keep less than a log has to, and
 * nothing is appended.
 */
export function redisReadingLogToRead(
  client: RedisClient,
  keys: RedisKeys,
  clock: Clock,
  partitions: number,
): ReadingLog {
  const durability: Durability = { level: 'process', known: 'declared', detail: 'it is only read' };
  return new RedisReadingLog(
    client,
    keys,
    clock,
    { partitions, durability: 'process', entriesMax: 0 },
    durability,
  );
}

class RedisReadingLog implements ReadingLog {
  readonly partitions: number;
  readonly durability: Durability;
  private readonly client: RedisClient;
  private readonly keys: RedisKeys;
  private readonly clock: Clock;
  private readonly entriesMax: number;
  /** Entries in each stream, as far as this instance knows. */
  private readonly lengths: number[];
  private countedAtMs = Number.NEGATIVE_INFINITY;
  /** A Cluster takes no command whose keys lie in several slots; neither do some proxies that look like one node. */
  private oneTagPerCommand: boolean;

  constructor(
    client: RedisClient,
    keys: RedisKeys,
    clock: Clock,
    options: RedisReadingLogOptions,
    durability: Durability,
  ) {
    this.client = client;
    this.keys = keys;
    this.clock = clock;
    this.partitions = options.partitions;
    this.entriesMax = options.entriesMax;
    this.durability = durability;
    this.lengths = new Array<number>(options.partitions).fill(0);
    this.oneTagPerCommand = client.isCluster;
  }

  async append(batch: AppendBatch): Promise<void> {
    if (batch.partitions.length > 0) await this.refuseWhenFull();
    const entries = batch.partitions.map(({ partition, records }) => ({
      partition,
      bytes: encodeRecords(batch.receivedAtMs, records),
    }));
    try {
      if (!this.oneTagPerCommand) {
        try {
          return await this.appendTogether(entries, batch.watermarks);
        } catch (error) {
          if (!(error instanceof Error) || !error.message.includes('CROSSSLOT')) throw error;
          this.oneTagPerCommand = true;
        }
      }
      // Here a full memory may refuse some partitions and not others; what was kept comes again, harmlessly.
      await Promise.all(entries.map((entry) => this.appendTogether([entry], new Map())));
      if (batch.watermarks.size > 0) await this.appendTogether([], batch.watermarks);
    } catch (error) {
      if (error instanceof Error && error.message.includes('OOM command not allowed')) {
        throw new LogFull(
          'Redis has reached its maxmemory and takes no more readings until some are archived',
        );
      }
      throw error;
    }
  }

  private async appendTogether(
    entries: readonly { partition: number; bytes: Buffer }[],
    watermarks: ReadonlyMap<number, Watermark>,
  ): Promise<void> {
    const keys = entries.map(({ partition }) => this.keys.log(partition));
    const values: (number | Buffer)[] = [entries.length, ...entries.map(({ bytes }) => bytes)];
    if (watermarks.size > 0) {
      keys.push(this.keys.watermarks());
      values.push(encodeWatermarks(watermarks));
    }
    const lengths = (await APPEND.run(this.client, keys, values)) as number[];
    for (const [i, { partition }] of entries.entries()) this.lengths[partition] = lengths[i]!;
  }

  private async refuseWhenFull(): Promise<void> {
    if (this.knownLength() < this.entriesMax) return;
    if (this.clock.monotonicMs() - this.countedAtMs >= RECOUNT_MS) await this.entriesHeld();
    if (this.knownLength() < this.entriesMax) return;
    throw new LogFull(
      `the reading log in Redis holds ${this.knownLength()} entries, its bound is ${this.entriesMax}`,
    );
  }

  private knownLength(): number {
    let sum = 0;
    for (const length of this.lengths) sum += length;
    return sum;
  }

  async watermarksOf(devices: readonly number[]): Promise<Map<number, Watermark>> {
    const found = new Map<number, Watermark>();
    if (devices.length === 0) return found;
    const values = await this.client.hmgetBuffer(this.keys.watermarks(), ...devices.map(encodeDevice));
    for (const [i, value] of values.entries()) if (value) found.set(devices[i]!, decodeWatermark(value));
    return found;
  }

  async read(
    from: readonly { partition: number; after: LogPosition | null }[],
    limit: number,
  ): Promise<Map<number, LogEntry[]>> {
    const found = new Map<number, LogEntry[]>();
    if (from.length === 0) return found;
    const groups = this.oneTagPerCommand ? from.map((one) => [one]) : [from];
    await Promise.all(
      groups.map(async (group) => {
        const keys = group.map(({ partition }) => this.keys.log(partition));
        const afters = group.map(({ after }) => after ?? '0');
        const streams = await this.client.xreadBuffer('COUNT', limit, 'STREAMS', ...keys, ...afters);
        for (const [key, entries] of streams ?? []) {
          const { partition } = group[keys.indexOf(key.toString())]!;
          found.set(partition, entries.map(entryOf));
        }
      }),
    );
    return found;
  }

  async appendCloseOpen(receivedAtMs: number): Promise<Map<number, LogPosition>> {
    const marker = encodeCloseOpen(receivedAtMs);
    const positions = new Map<number, LogPosition>();
    await Promise.all(
      this.lengths.map(async (_, partition) => {
        const position = await MARK.run(this.client, [this.keys.log(partition)], [marker]);
        positions.set(partition, String(position));
      }),
    );
    return positions;
  }

  async progressOf(partition: number): Promise<Progress | null> {
    const [position, closedThroughMs] = await this.client.hmget(
      this.keys.progress(partition),
      'position',
      'closedThroughMs',
    );
    if (position == null || closedThroughMs == null) return null;
    return { position: position === '' ? null : position, closedThroughMs: Number(closedThroughMs) };
  }

  async commit(partition: number, epoch: number, progress: Progress): Promise<boolean> {
    const keys = [this.keys.progress(partition), this.keys.epoch(partition)];
    const values = [epoch, progress.position ?? '', progress.closedThroughMs];
    return Number(await COMMIT.run(this.client, keys, values)) === 1;
  }

  async trim(partition: number): Promise<void> {
    const progress = await this.progressOf(partition);
    if (progress?.position == null) return;
    const removed = await this.client.xtrim(
      this.keys.log(partition),
      'MINID',
      positionAfter(progress.position),
    );
    this.lengths[partition] = Math.max(0, this.lengths[partition]! - removed);
  }

  async entriesHeld(): Promise<number> {
    this.countedAtMs = this.clock.monotonicMs();
    const lengths = await Promise.all(
      this.lengths.map((_, partition) => this.client.xlen(this.keys.log(partition))),
    );
    for (const [partition, length] of lengths.entries()) this.lengths[partition] = length;
    return this.knownLength();
  }

  async close(): Promise<void> {
    this.client.disconnect();
  }
}

function entryOf([id, fields]: [id: Buffer, fields: Buffer[]]): LogEntry {
  return decodeEntry(id.toString(), fields[1]!);
}

/** The smallest position above this one. A stream's position is a moment in ms and a 64-bit number within it. */
function positionAfter(position: LogPosition): LogPosition {
  const [ms, number] = position.split('-');
  return `${ms}-${BigInt(number!) + 1n}`;
}

import { createHash } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import { parseRedisAddress, type RedisAddress } from './redis-address.ts';
import { StoreFault, withoutPassword } from './store-fault.ts';

export type RedisClient = Redis | Cluster;

export interface RedisConnectionOptions {
  /** A command without an answer after this long has failed; whether it was carried out is then unknown. */
  commandTimeoutMs?: number;
  connectTimeoutMs?: number;
}

/** A Redis that loads a large append-only file may take a while, but whoever waits must hear something. */
const COMMAND_TIMEOUT_MS = 5000;
const CONNECT_TIMEOUT_MS = 5000;
const RECONNECT_MS = { first: 50, most: 1000 };

/**
 * A client of the Redis at this address (see {@link parseRedisAddress}), connected and ready. When the
 * connection is lost, what was under way and what is asked meanwhile fails at once, and nothing is queued or
 * sent again by itself: whoever asked knows best what to do. The client goes on connecting until it is
 * closed. Throws a {@link StoreFault} when the address is wrong or nothing answers there.
 */
export async function connectRedis(url: string, options: RedisConnectionOptions = {}): Promise<RedisClient> {
  const address = parseRedisAddress(url);
  const client = address.kind === 'cluster' ? clusterClient(address, options) : nodeClient(address, options);
  let lastError: unknown;
  // Every failure reaches whoever sent the command; without a listener the client would print it as well.
  client.on('error', (error) => {
    lastError = error;
  });
  try {
    // A Cluster that is not ready at the first look is asked again, and then only the event tells of it.
    const ready = new Promise<void>((resolve) => client.once('ready', resolve));
    await withinMs(Promise.race([client.connect(), ready]), options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  } catch (error) {
    client.disconnect();
    throw new StoreFault(
      'redis_unreachable',
      `No Redis answers at ${withoutPassword(url)}: ${reasonOf(lastError ?? error)}.`,
      'Start it, or correct the Redis URL.',
      error,
    );
  }
  return client;
}

/** What holds for every connection, to a node of a Cluster too. */
function connectionOptions(address: RedisAddress, options: RedisConnectionOptions) {
  return {
    protocol: 2 as const,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS,
    connectTimeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    username: address.username,
    password: address.password,
    tls: address.tls ? {} : undefined,
  };
}

function nodeClient(address: RedisAddress, options: RedisConnectionOptions): Redis {
  const { host, port } = address.nodes[0]!;
  return new Redis({
    ...connectionOptions(address, options),
    ...(address.kind === 'sentinel' ? { sentinels: address.nodes, name: address.master } : { host, port }),
    db: address.database,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
    // After a failover the old master answers so: the connection is made anew, to the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  });
}

function clusterClient(address: RedisAddress, options: RedisConnectionOptions): Cluster {
  return new Cluster(address.nodes, {
    redisOptions: connectionOptions(address, options),
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelayMs,
    maxRedirections: 5,
  });
}

function reconnectDelayMs(attempt: number): number {
  return Math.min(RECONNECT_MS.most, RECONNECT_MS.first * 2 ** Math.min(attempt - 1, 10));
}

function withinMs<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** What an error says; several errors of one connection attempt (IPv4 and IPv6) are one `AggregateError` without words. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

/** A Lua script. It is sent by its digest, and as a whole where Redis does not know it (yet, or since a restart). */
export class RedisScript {
  private readonly lua: string;
  private readonly digest: string;

  constructor(lua: string) {
    this.lua = lua;
    this.digest = createHash('sha1').update(lua).digest('hex');
  }

  async run(
    client: RedisClient,
    keys: readonly string[],
    values: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    try {
      return await client.evalsha(this.digest, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await client.eval(this.lua, keys.length, ...keys, ...values);
    }
  }
}

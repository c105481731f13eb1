import { createAdapter } from '@socket.io/redis-adapter';
import type { Server } from 'socket.io';
import { connectRedis, type RedisClient } from '../stores/redis-connection.ts';
import type { RedisKeys } from '../stores/redis-keys.ts';

/** What the adapter calls on its clients without looking at the outcome. */
const UNWATCHED = ['publish', 'subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe'] as const;

/**
 * Lets the instances that share a Redis reach each other's viewers. While Redis cannot be reached updates for
 * other instances are lost, which viewers get over with the next one; `warn` is told when that begins. Returns
 * what closes the connections.
 */
export async function attachRedisAdapter(
  io: Server,
  redisUrl: string,
  keys: RedisKeys,
  warn: (says: string) => void,
): Promise<() => void> {
  const publisher = await connectRedis(redisUrl);
  try {
    const subscriber = await connectRedis(redisUrl);
    let failing = false;
    const failed = (error: unknown) => {
      if (!failing) warn(`fan-out to other instances: ${error instanceof Error ? error.message : error}`);
      failing = true;
    };
    const worked = () => {
      failing = false;
    };
    for (const client of [publisher, subscriber]) watchOutcomes(client, worked, failed);
    io.adapter(createAdapter(publisher, subscriber, { key: keys.channels() }));
    return () => {
      publisher.disconnect();
      subscriber.disconnect();
    };
  } catch (error) {
    publisher.disconnect();
    throw error;
  }
}

/** The adapter drops the promises that the client returns: one that is rejected would end the process. */
function watchOutcomes(client: RedisClient, worked: () => void, failed: (error: unknown) => void): void {
  const calls = client as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
  for (const name of UNWATCHED) {
    const call = calls[name]!.bind(client);
    calls[name] = (...given) => call(...given).then(worked, failed);
  }
}

import { MongoClient } from 'mongodb';
import type { ServerSettings } from '../settings.ts';
import { ownRedisKeys } from '../stores/redis-service.fixture.ts';
import type { Harness } from './running-server.fixture.ts';

/** Settings of instances that share stores of their own, which end with the test. */
export function sharedStores(
  harness: Harness,
  redisUrl: string,
  mongoUrl: string,
): Pick<ServerSettings, 'redisPrefix'> & { redisUrl: string; mongoUrl: string } {
  const { prefix, clear } = ownRedisKeys(redisUrl);
  const url = new URL(mongoUrl);
  url.pathname = prefix;
  harness.later(async () => {
    await clear();
    const client = new MongoClient(mongoUrl);
    await client.db(prefix).dropDatabase();
    await client.close();
  });
  return { redisUrl, redisPrefix: prefix, mongoUrl: url.href };
}

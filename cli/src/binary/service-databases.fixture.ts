import { connectMongo } from '@gaitway/reference-server';
import { onTestFinished } from 'vitest';
import { emptyRedisDatabase } from '../bench/redis-database.ts';

let databases = 0;

/** URL of a database of the named Redis that was empty, and is again when the test is over. */
export async function ownRedisDatabase(): Promise<string> {
  const database = await emptyRedisDatabase(named('GAITWAY_REDIS_URL'));
  onTestFinished(() => database.release());
  return database.url;
}

/** URL of a database of the named MongoDB that nobody else uses; it is dropped when the test is over. */
export function ownMongoDatabase(): string {
  const url = databaseIn(named('GAITWAY_MONGO_URL'), `gaitway_cli_${process.pid}_${++databases}`);
  onTestFinished(async () => {
    const { client, database } = await connectMongo(url);
    await database.dropDatabase();
    await client.close();
  });
  return url;
}

function named(variable: 'GAITWAY_REDIS_URL' | 'GAITWAY_MONGO_URL'): string {
  const url = process.env[variable];
  if (url) return url;
  throw new Error(`with GAITWAY_TEST=full these tests need ${variable}`);
}

/** The same MongoDB, another database. Its URL may name several hosts, which no `URL` takes. */
function databaseIn(url: string, database: string): string {
  const [, server = url, query = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(url) ?? [];
  return `${server}/${database}${query}`;
}

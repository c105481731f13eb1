import type { DoctorRow } from '@gaitway/dashboards';
import {
  checkRedisDurability,
  connectMongo,
  connectRedis,
  StoreFault,
  withoutPassword,
} from '@gaitway/reference-server';
import type { DoctorCheck } from './check.ts';

const REDIS_DEFAULT = 'redis://127.0.0.1:6379';
const MONGO_DEFAULT = 'mongodb://127.0.0.1:27017';
const PATIENCE_MS = 1500;

/** A service that a variable names is needed; one that merely might run here is not. */
export const checkRedis: DoctorCheck = async ({ environment }) => {
  const named = environment.GAITWAY_REDIS_URL;
  const url = named || REDIS_DEFAULT;
  const row = (state: DoctorRow['state'], found: string, fix: string): DoctorRow[] => [
    { what: 'Redis', state, found, ...(state === 'there' ? {} : { fix }) },
  ];
  const missing = named ? 'missing' : 'optional';
  try {
    const client = await connectRedis(url, { connectTimeoutMs: PATIENCE_MS, commandTimeoutMs: PATIENCE_MS });
    try {
      const { level, known, detail } = await checkRedisDurability(client, 'process');
      const use = named ? '' : `; not used unless GAITWAY_REDIS_URL=${url} or --redis says so`;
      return row(
        'there',
        `answers at ${withoutPassword(url)}, keeps through a killed ${level} (${known}: ${detail})${use}`,
        '',
      );
    } finally {
      client.disconnect();
    }
  } catch (error) {
    const unfit = error instanceof StoreFault && !error.code.endsWith('unreachable');
    return row(
      missing,
      unfit ? error.message : `nothing answers at ${withoutPassword(url)}`,
      unfit
        ? `redis-cli -u ${withoutPassword(url)} config set appendonly yes appendfsync no maxmemory-policy noeviction`
        : named
          ? 'start it, or unset GAITWAY_REDIS_URL to use the embedded stores'
          : 'redis-server --appendonly yes --appendfsync no   (Debian: apt-get install redis-server)',
    );
  }
};

export const checkMongo: DoctorCheck = async ({ environment }) => {
  const named = environment.GAITWAY_MONGO_URL;
  const url = named || MONGO_DEFAULT;
  try {
    const { client } = await connectMongo(url, { serverSelectionMs: PATIENCE_MS });
    await client.close();
    const use = named ? '' : `; not used unless GAITWAY_MONGO_URL=${url} or --mongo says so`;
    return [{ what: 'MongoDB', state: 'there', found: `answers at ${withoutPassword(url)}${use}` }];
  } catch (error) {
    const wrong = error instanceof StoreFault && error.code === 'mongo_url';
    return [
      {
        what: 'MongoDB',
        state: named ? 'missing' : 'optional',
        found: wrong ? error.message : `nothing answers at ${withoutPassword(url)}`,
        fix: named
          ? 'start it, or unset GAITWAY_MONGO_URL to use the embedded store'
          : 'docker run -p 27017:27017 mongo   (or https://www.mongodb.com/docs/manual/installation)',
      },
    ];
  }
};

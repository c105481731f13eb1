import { parseRedisAddress } from '@gaitway/reference-server/redis-address';
import { Flags } from '@oclif/core';

/** Where things are kept: the same flags wherever a server is started. */
export const STORE_FLAGS = {
  redis: Flags.string({
    description: 'Redis for reading log, leases, cache and fan-out',
    env: 'GAITWAY_REDIS_URL',
    helpValue: 'URL',
  }),
  mongo: Flags.string({
    description: 'MongoDB for the archive',
    env: 'GAITWAY_MONGO_URL',
    helpValue: 'URL',
  }),
  durability: Flags.option({
    description: 'what an acknowledged reading survives: a killed process, or the whole machine going down',
    options: ['process', 'machine'] as const,
    default: 'process' as const,
  })(),
  cache: Flags.option({
    description: 'off: every reading goes straight to the archive, the baseline of the plans',
    options: ['on', 'off'] as const,
    default: 'on' as const,
  })(),
};

export const DATA_FLAG = Flags.string({
  description: 'folder for embedded stores, token secret and runs  [default: .gaitway]',
  env: 'GAITWAY_DATA',
  helpValue: 'FOLDER',
});

/**
 * Both URLs, where they are set; an empty variable counts as none. Throws a `StoreFault` for a Redis URL that cannot be
 * read; whether a MongoDB URL can be, its driver alone can tell.
 */
export function storeUrls(flags: { redis?: string | undefined; mongo?: string | undefined }): {
  redisUrl?: string;
  mongoUrl?: string;
} {
  if (flags.redis) parseRedisAddress(flags.redis);
  return {
    ...(flags.redis ? { redisUrl: flags.redis } : {}),
    ...(flags.mongo ? { mongoUrl: flags.mongo } : {}),
  };
}

import { type RedisClient, RedisScript } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { StoreFault } from './store-fault.ts';
import { LAYOUT_PARTS, type LayoutKeeper, type StoreLayout } from './store-layout.ts';

/** How the entries of the log are written. */
const LAYOUT_VERSION = '2';

/** Together, so that of two servers that begin it in the same moment one wins as a whole. */
const KEEP = new RedisScript(`
for i = 1, #ARGV, 2 do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
`);

/** The layout of what lies in Redis under one prefix: every server that works with it has the same. */
export function redisLayout(client: RedisClient, keys: RedisKeys): LayoutKeeper {
  const key = keys.layout();
  const elsewhere = 'use another prefix (--redis-prefix) with an archive of its own';
  const kept = async () => {
    const { version, ...fields } = await client.hgetall(key);
    if (version !== undefined && version !== LAYOUT_VERSION) {
      throw new StoreFault(
        'redis_layout',
        `The pipeline in Redis (${key}) has layout ${version}; this server reads layout ${LAYOUT_VERSION}.`,
        `Start the version that wrote it, or ${elsewhere}.`,
      );
    }
    const parts = LAYOUT_PARTS.filter((part) => fields[part] !== undefined);
    return Object.fromEntries(parts.map((part) => [part, Number(fields[part])])) as Partial<StoreLayout>;
  };
  return {
    name: `The pipeline in Redis (${key})`,
    fault: { code: 'redis_layout', elsewhere },
    kept,
    keep: async (layout) => {
      const found = await kept();
      // A Redis whose memory is full takes no write, and the log in it can still be read.
      if (LAYOUT_PARTS.every((part) => found[part] !== undefined)) return found;
      const values = LAYOUT_PARTS.flatMap((part) => [part, layout[part]]);
      await KEEP.run(client, [key], ['version', LAYOUT_VERSION, ...values]);
      return kept();
    },
  };
}

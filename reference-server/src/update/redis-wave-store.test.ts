import { describe } from 'vitest';
import { connectRedis } from '../stores/redis-connection.ts';
import { ownRedisKeys } from '../stores/redis-service.fixture.ts';
import { RedisWaveStore } from './redis-wave-store.ts';
import { waveStoreSuite } from './wave-store.suite.ts';

const url = process.env.GAITWAY_REDIS_URL;

describe.runIf(url)('with Redis', () => {
  waveStoreSuite(
    'Redis',
    async () => {
      const { keys, clear } = ownRedisKeys(url!);
      const clients = [await connectRedis(url!), await connectRedis(url!)] as const;
      return {
        store: new RedisWaveStore(clients[0], keys),
        reopen: async () => new RedisWaveStore(clients[1], keys),
        dispose: async () => {
          for (const client of clients) client.disconnect();
          await clear();
        },
      };
    },
    true,
  );
});

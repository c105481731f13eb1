import { connectRedis } from './redis-connection.ts';
import { RedisKeys } from './redis-keys.ts';

/**
 * Deletes what a pipeline keeps in Redis under this prefix. Nobody may serve it any more. What has a time to live
 * (leases, cached values) goes by itself.
 */
export async function forgetInRedis(url: string, prefix: string, partitions: number): Promise<void> {
  const client = await connectRedis(url);
  try {
    // One by one: in a Cluster they lie on several nodes.
    await Promise.all(new RedisKeys(prefix).lasting(partitions).map((key) => client.unlink(key)));
  } finally {
    client.disconnect();
  }
}

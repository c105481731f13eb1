import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis } from './redis-connection.ts';
import { RedisKeys } from './redis-keys.ts';

/** Keys that nobody else uses, and how to get rid of them. */
export function ownRedisKeys(url: string): { prefix: string; keys: RedisKeys; clear: () => Promise<void> } {
  const prefix = `gaitway-test-${randomUUID()}`;
  return { prefix, keys: new RedisKeys(prefix), clear: () => clearKeys(url, prefix) };
}

async function clearKeys(url: string, prefix: string): Promise<void> {
  const client = await connectRedis(url);
  try {
    const nodes = 'nodes' in client ? client.nodes('master') : [client];
    for (const node of nodes) {
      let cursor = '0';
      do {
        const [next, found] = await node.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', 1000);
        for (const key of found) await node.unlink(key);
        cursor = next;
      } while (cursor !== '0');
    }
  } finally {
    client.disconnect();
  }
}

/** A `redis-server` of the test's own, with its data in a folder of its own. */
export class RedisProcess {
  readonly port: number;
  private readonly folder: string;
  private readonly settings: readonly string[];
  private process: ChildProcess | undefined;

  private constructor(port: number, folder: string, settings: readonly string[]) {
    this.port = port;
    this.folder = folder;
    this.settings = settings;
  }

  /** Settings as on the command line of `redis-server`: `'--appendfsync', 'no'`. */
  static async start(...settings: string[]): Promise<RedisProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'gaitway-redis-'));
    const redis = new RedisProcess(await freePort(), folder, settings);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.process!.pid!;
  }

  /** Starts it, or starts it again on the data that it left; resolves when it answers. */
  async start(): Promise<void> {
    const fixed = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', ''];
    const started = spawn('redis-server', [...fixed, ...this.settings], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.process = started;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      started.once('error', reject);
      started.once('exit', () => reject(new Error(`redis-server ended: ${said}`)));
      started.stdout!.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        if (said.includes('Ready to accept connections')) resolve();
      });
    });
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const running = this.process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Makes a one-node Cluster of a Redis that was started with `--cluster-enabled yes`. */
export async function formCluster(redis: RedisProcess): Promise<string> {
  const client = await connectRedis(redis.url);
  try {
    await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    client.disconnect();
  }
  return `redis+cluster://127.0.0.1:${redis.port}`;
}

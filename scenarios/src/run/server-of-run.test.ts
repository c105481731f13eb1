import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '@gaitway/reference-server';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { smoke } from '../scenarios/smoke.ts';
import { OwnServer } from './own-server.ts';
import type { RunOptions } from './run-options.ts';
import { startServerOfRun } from './server-of-run.ts';

const redisUrl = process.env.GAITWAY_REDIS_URL;
const WINDOW = { windowMs: 5000, windowOriginMs: 0, windowPhaseSpreadMs: 0 };

describe.runIf(redisUrl)('the server of a run on a Redis that others use', () => {
  it('leaves no key there when it cannot start', async () => {
    const failing = await redisThatFailsLate(redisUrl!);
    const redis = new Redis(redisUrl!);
    onTestFinished(() => redis.disconnect());
    let prefix = '';
    const starting = startServerOfRun(optionsOn(failing.url), {
      ...{ id: 'test', window: WINDOW, clock: realClock, nodeArguments: [] },
      redisKeys: (_, own) => {
        prefix = own;
      },
    });
    await expect(starting).rejects.toMatchObject({ name: 'ServerProcessFault', code: 'redis_unreachable' });
    expect(failing.refusals()).toBe(1);
    expect(prefix).toMatch(/^gaitway-run-test-/);
    expect(await redis.keys(`${prefix}:*`)).toEqual([]);
  });

  it('leaves none that would last when it ends', async () => {
    const redis = new Redis(redisUrl!);
    onTestFinished(() => redis.disconnect());
    let prefix = '';
    const { server, end } = await startServerOfRun(optionsOn(redisUrl!), {
      ...{ id: 'test', window: WINDOW, clock: realClock, nodeArguments: [] },
      redisKeys: (_, own) => {
        prefix = own;
      },
    });
    onTestFinished(() => server.stop(0));
    expect(server).toBeInstanceOf(OwnServer);
    expect(await redis.exists(`${prefix}:layout`)).toBe(1);
    await end();
    const keys = await redis.keys(`${prefix}:*`);
    const expiries = await Promise.all(keys.map((key) => redis.pttl(key)));
    expect(keys.filter((_, at) => expiries[at] === -1)).toEqual([]);
  });
});

function optionsOn(url: string): RunOptions {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-server-of-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    scenario: smoke,
    ...{ seed: 1, workers: 1, transport: 'lean', targets: [], command: [] },
    tokenSecret: 'a secret that is long enough for a test',
    ...{ cache: 'on', durability: 'process', redisUrl: url, folder },
  };
}

/** Passes everything on to a Redis, but refuses the first connection that comes after a layout was written to it. */
async function redisThatFailsLate(url: string): Promise<{ url: string; refusals: () => number }> {
  const target = new URL(url);
  let isWritten = false;
  let refusals = 0;
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    sockets.push(client);
    client.on('error', () => {});
    if (isWritten && refusals === 0) {
      refusals += 1;
      client.destroy();
      return;
    }
    const redis = connect(Number(target.port || 6379), target.hostname);
    sockets.push(redis);
    redis.on('error', () => client.destroy());
    client.on('data', (bytes) => {
      isWritten ||= bytes.includes(':layout') && bytes.includes('windowMs');
    });
    client.pipe(redis).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((proxy.address() as AddressInfo).port);
  return { url: through.href, refusals: () => refusals };
}

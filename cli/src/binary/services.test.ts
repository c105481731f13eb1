import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { RunRecord } from '@gaitway/contract';
import { connectMongo, connectRedis } from '@gaitway/reference-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FULL, Gaitway, gaitway, ownFolder, unbroken } from './binary.fixture.ts';
import { expectSoundRun } from './run-outcome.fixture.ts';

/** A `redis-server` of the test's own; resolves with its URL when it answers. */
async function ownRedis(...settings: string[]): Promise<string> {
  const port = await freePort();
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', ownFolder()];
  const server: ChildProcess = spawn('redis-server', [...fixed, ...settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', () => reject(new Error('redis-server ended')));
    server.stdout!.on('data', (text: Buffer) => {
      if (text.includes('Ready to accept connections')) resolve();
    });
  });
  return `redis://127.0.0.1:${port}`;
}

/** A port that is free and that the system gives to no connection by itself: those begin at 32768. */
async function freePort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 10_000); ; port++) {
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

describe.runIf(FULL)('a Redis that does not keep what an acknowledgement promises', () => {
  it.each([
    [
      'because it evicts',
      ['--appendonly', 'yes', '--appendfsync', 'no', '--maxmemory-policy', 'allkeys-lru'],
      /evicts keys .*Set maxmemory-policy noeviction/,
    ],
    [
      'because it syncs once a second',
      ['--appendonly', 'yes', '--appendfsync', 'everysec'],
      /does not keep what it acknowledged .*appendfsync everysec.*Set appendonly yes and appendfsync no/,
    ],
    ['because it keeps nothing', ['--appendonly', 'no'], /does not keep .*Set appendonly yes/],
  ])('is refused %s', async (_, settings, says) => {
    const redis = await ownRedis(...settings);
    const { code, stderr } = await gaitway(['server', 'start', '--port', '0', '--redis', redis]);
    expect(unbroken(stderr)).toMatch(says);
    expect(code).toBe(104);
    const doctor = await gaitway(['doctor', '--json'], { env: { GAITWAY_REDIS_URL: redis } });
    expect(doctor.stdout).toMatch(/config set appendonly yes appendfsync no maxmemory-policy noeviction/);
    expect(doctor.code).toBe(69);
  });
});

describe.runIf(FULL)('on Redis and MongoDB', () => {
  const redis = process.env.GAITWAY_REDIS_URL ?? '';
  const mongo = process.env.GAITWAY_MONGO_URL ?? '';

  it('a run of 200 patients keeps every reading, and the audit says the same later', async () => {
    expect(redis).not.toBe('');
    expect(mongo).not.toBe('');
    const data = ownFolder();
    const services = await ownDatabases(redis, mongo);
    const run = await gaitway(
      ['run', 'smoke', '--patients', '200', '--viewers', '12', ...services, '--json'],
      { data },
    );
    const record = JSON.parse(run.stdout) as RunRecord;
    expect(record.environment.stores).toMatchObject({
      readingLog: { kind: 'redis', durability: 'process', known: 'checked' },
      archive: { kind: 'mongo' },
    });
    expectSoundRun(record, run.code);
    expect(record.audit.compared.windows.complete).toBeGreaterThanOrEqual(400);

    const later = await gaitway(['audit', 'latest', '--mongo', services[3]!, '--json'], { data });
    expect((JSON.parse(later.stdout) as { audit: unknown }).audit).toEqual(record.audit);
    expect(later.code).toBe(0);
  });

  it('two instances share the load of a fleet, and leave together', async () => {
    const data = ownFolder();
    const services = await ownDatabases(redis, mongo);
    const words = ['server', 'start', '--port', '0', '--instances', '2', '--window-seconds', '5'];
    const servers = new Gaitway([...words, '--drain-seconds', '1', ...services], { data });
    const [, urls] = await servers.said(/Ready at (http:\S+, http:\S+?)\. /);
    const targets = urls!.replaceAll(' ', '');
    const fleet = await gaitway(
      ['fleet', '--target', targets, '--patients', '40', '--slot', '1s', '--duration', '12s', '--json'],
      { data },
    );
    const record = JSON.parse(fleet.stdout) as RunRecord;
    expect(record.environment.target).toMatchObject({ own: false, instances: 2 });
    expect(record.load).toMatchObject({ unacknowledged: 0, devices: { connected: 40 } });
    expect(record.audit).toMatchObject({ verdict: 'holds', lost: 0, duplicated: 0, phantom: 0 });
    expect([0, 98]).toContain(fleet.code);
    servers.kill('SIGTERM');
    expect((await servers.ended).code).toBe(0);
  });
});

/** Databases of the test's own, empty: other suites use the same services. As flags. */
async function ownDatabases(redisUrl: string, mongoUrl: string): Promise<string[]> {
  const url = new URL(redisUrl);
  url.pathname = `/${1 + (process.pid % 15)}`;
  const redis = await connectRedis(url.href);
  await redis.flushdb();
  redis.disconnect();
  const own = databaseIn(mongoUrl, `gaitway_cli_${process.pid}`);
  onTestFinished(async () => {
    const { client, database } = await connectMongo(own);
    await database.dropDatabase();
    await client.close();
  });
  return ['--redis', url.href, '--mongo', own];
}

/** The same MongoDB, another database. */
function databaseIn(url: string, database: string): string {
  const [, server = url, query = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(url) ?? [];
  return `${server}/${database}${query}`;
}

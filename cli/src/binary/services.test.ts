import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { RunRecord } from '@gaitway/contract';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emptyRedisDatabase } from '../bench/redis-database.ts';
import { childrenOf, FULL, Gaitway, gaitway, isAlive, ownFolder, unbroken, until } from './binary.fixture.ts';
import { expectSoundRun } from './run-outcome.fixture.ts';
import { ownMongoDatabase, ownRedisDatabase } from './service-databases.fixture.ts';

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

describe.runIf(FULL)('a run with a server of its own on a Redis that others use', () => {
  const words = ['run', 'smoke', '--patients', '40', '--viewers', '0'];

  it('takes nothing from a run that was killed, and leaves nothing, also after Ctrl-C', async () => {
    const url = await ownRedisDatabase();
    const redis = new Redis(url);
    onTestFinished(() => redis.disconnect());
    /** What does not go by itself. */
    const lastingKeys = async (prefix: string) => {
      const keys = await redis.keys(`${prefix}:*`);
      const expiries = await Promise.all(keys.map((key) => redis.pttl(key)));
      return keys.filter((_, at) => expiries[at] === -1);
    };
    const prefixIn = (text: string) => /begin with (gaitway-run-\S+): /.exec(unbroken(text))![1]!;

    const killed = new Gaitway([...words, '--redis', url]);
    await killed.said(/measure \|/);
    const children = childrenOf(killed.pid);
    for (const pid of [...children.map((child) => child.pid), killed.pid]) process.kill(pid, 'SIGKILL');
    const { stdout: killedSaid } = await killed.ended;
    await until(() => children.every(({ pid }) => !isAlive(pid)));
    const killedPrefix = prefixIn(killedSaid);
    expect(await lastingKeys(killedPrefix)).not.toEqual([]);

    const next = await gaitway([...words, '--duration', '8s', '--redis', url, '--json']);
    const record = JSON.parse(next.stdout) as RunRecord;
    expect(record.environment.stores).toMatchObject({
      readingLog: { kind: 'redis' },
      archive: { kind: 'embedded' },
    });
    expectSoundRun(record, next.code);
    const nextPrefix = prefixIn(next.stderr);
    expect(nextPrefix).not.toBe(killedPrefix);
    expect(await lastingKeys(nextPrefix)).toEqual([]);

    const interrupted = new Gaitway([...words, '--redis', url]);
    await interrupted.said(/measure \|/);
    const ofKilled = await lastingKeys(killedPrefix);
    expect((await lastingKeys('gaitway-run-*')).length).toBeGreaterThan(ofKilled.length);
    interrupted.kill('SIGINT');
    const { code, stdout } = await interrupted.ended;
    expect(code).toBe(105);
    expect(await lastingKeys(prefixIn(stdout))).toEqual([]);

    // What the killed run said that removes its keys does so.
    const [command] = /redis-cli .* unlink/.exec(unbroken(killedSaid))!;
    execFileSync('sh', ['-c', command]);
    expect(await lastingKeys('gaitway-run-*')).toEqual([]);
  });
});

describe.runIf(FULL)('a database for a test or a benchmark', () => {
  it("is one that was empty, is nobody else's meanwhile, and there may be none", async () => {
    const url = await ownRedis('--databases', '3');
    const somebodys = new Redis(`${url}/1`);
    onTestFinished(() => somebodys.disconnect());
    await somebodys.set('theirs', 'kept');
    const taken = [await emptyRedisDatabase(url), await emptyRedisDatabase(url)];
    expect(taken.map((database) => database.url)).toEqual([`${url}/2`, `${url}/0`]);
    await expect(emptyRedisDatabase(url)).rejects.toThrow(/no database of the Redis at .* is empty/);
    for (const database of taken) await database.release();
    expect(await somebodys.get('theirs')).toBe('kept');
    const again = await emptyRedisDatabase(url);
    expect(again.url).toBe(`${url}/2`);
    await again.release();
  });
});

describe.runIf(FULL)('on Redis and MongoDB', () => {
  it('a run of 200 patients keeps every reading, and the audit says the same later', async () => {
    const data = ownFolder();
    const mongo = ownMongoDatabase();
    const services = ['--redis', await ownRedisDatabase(), '--mongo', mongo];
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

    const later = await gaitway(['audit', 'latest', '--mongo', mongo, '--json'], { data });
    expect((JSON.parse(later.stdout) as { audit: unknown }).audit).toEqual(record.audit);
    expect(later.code).toBe(0);
  });

  it('two instances share the load of a fleet, and leave together', async () => {
    const data = ownFolder();
    const services = ['--redis', await ownRedisDatabase(), '--mongo', ownMongoDatabase()];
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

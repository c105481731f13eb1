import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { RETENTION_DEFAULT } from '../archive/archive.ts';
import { openMongoArchive } from '../archive/mongo-archive.ts';
import { realClock } from '../real-clock.ts';
import { connectRedis } from '../stores/redis-connection.ts';
import { ownRedisKeys } from '../stores/redis-service.fixture.ts';
import type { FromOwner, OwnerSettings, ToOwner } from './stopped-owner.fixture.ts';

const { GAITWAY_REDIS_URL: redisUrl, GAITWAY_MONGO_URL: mongoUrl } = process.env;

/** A process runs what was built: Node reads no TypeScript. */
const PROGRAM = fileURLToPath(new URL('../../dist/window/stopped-owner.fixture.js', import.meta.url));

class Owner {
  readonly process: ChildProcess;
  private readonly answers: FromOwner[] = [];

  constructor() {
    this.process = fork(PROGRAM, { execArgv: [] });
    this.process.on('message', (answer: FromOwner) => this.answers.push(answer));
  }

  tell(message: ToOwner): void {
    this.process.send(message);
  }

  async answer<Type extends FromOwner['type']>(type: Type): Promise<Extract<FromOwner, { type: Type }>> {
    await expect.poll(() => this.answers[0]?.type, { timeout: 60_000, interval: 5 }).toBe(type);
    return this.answers.shift() as Extract<FromOwner, { type: Type }>;
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}

describe.runIf(redisUrl && mongoUrl)('two processors and one lease, on Redis and MongoDB', () => {
  it('the one that was stopped past its lease overwrites nothing when it goes on', async () => {
    const { prefix, keys, clear } = ownRedisKeys(redisUrl!);
    const database = `gaitway-test-${randomUUID()}`;
    const ownMongoUrl = new URL(mongoUrl!);
    ownMongoUrl.pathname = database;
    const settings = { redisUrl: redisUrl!, mongoUrl: ownMongoUrl.href, prefix, ttlMs: 400 };
    const startOwner = async (owner: OwnerSettings['owner']) => {
      const started = new Owner();
      started.tell({ type: 'start', settings: { owner, ...settings } });
      await started.answer('started');
      return started;
    };
    const [first, second] = [await startOwner('first'), await startOwner('second')];
    const archive = await openMongoArchive(ownMongoUrl.href, {
      clock: realClock,
      retention: RETENTION_DEFAULT,
    });
    const redis = await connectRedis(redisUrl!);
    try {
      first.tell({ type: 'acquire' });
      const held = (await first.answer('acquired')).lease!;
      first.tell({ type: 'write', minutes: [0, 1], readings: 1, revision: 1, closedThroughMs: 1000 });
      expect(await first.answer('written')).toMatchObject({ outcomes: ['saved', 'saved'], committed: true });
      second.tell({ type: 'acquire' });
      expect((await second.answer('acquired')).lease).toBeNull();

      first.process.kill('SIGSTOP');
      // It will find this order at the moment it goes on, before it could learn that its lease is gone.
      first.tell({ type: 'write', minutes: [0, 1, 2, 3], readings: 99, revision: 9, closedThroughMs: 9000 });
      let taken = null;
      while (taken === null) {
        second.tell({ type: 'acquire' });
        taken = (await second.answer('acquired')).lease;
      }
      expect(taken.epoch).toBeGreaterThan(held.epoch);
      second.tell({ type: 'write', minutes: [0, 1, 2], readings: 2, revision: 1, closedThroughMs: 2000 });
      expect(await second.answer('written')).toMatchObject({
        outcomes: ['saved', 'saved', 'saved'],
        committed: true,
      });

      first.process.kill('SIGCONT');
      const late = await first.answer('written');
      // The window that nobody else had written is a new document, and the next owner replaces it in turn.
      expect(late).toMatchObject({
        outcomes: ['fenced', 'fenced', 'fenced', 'saved'],
        committed: false,
        renewed: false,
      });
      second.tell({ type: 'write', minutes: [3], readings: 2, revision: 1, closedThroughMs: 3000 });
      expect(await second.answer('written')).toMatchObject({ outcomes: ['saved'], committed: true });

      const stored = await archive.windowsOf('a', 0, 1e15, 10);
      expect(stored.map(({ epoch, readings }) => ({ epoch, readings }))).toEqual(
        [0, 1, 2, 3].map(() => ({ epoch: taken.epoch, readings: 2 })),
      );
      expect(await redis.hget(keys.progress(0), 'closedThroughMs')).toBe('3000');
    } finally {
      await first.end();
      await second.end();
      redis.disconnect();
      await archive.close();
      const client = new MongoClient(mongoUrl!);
      await client.db(database).dropDatabase();
      await client.close();
      await clear();
    }
  });
});

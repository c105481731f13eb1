import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '@gaitway/reference-server';
import { MongoClient } from 'mongodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { smoke } from '../scenarios/smoke.ts';
import { startServerOfRun } from './server-of-run.ts';

const mongoUrl = process.env.GAITWAY_MONGO_URL;

describe.runIf(mongoUrl)('the server of a run on a MongoDB database that others use', () => {
  it('has collections of its own there, whatever the windows of others, and leaves its documents alone', async () => {
    const own = new URL(mongoUrl!);
    own.pathname = `gaitway-test-${randomUUID()}`;
    const client = new MongoClient(mongoUrl!);
    const database = client.db(own.pathname.slice(1));
    onTestFinished(async () => {
      await database.dropDatabase();
      await client.close();
    });
    const names = async () => (await database.listCollections().toArray()).map(({ name }) => name).sort();
    const stays: string[] = [];
    for (const windowOriginMs of [1, 2]) {
      const { server, mongoPrefix, end } = await startServerOfRun(optionsOn(own.href), {
        ...{ id: 'test', clock: realClock, nodeArguments: [], redisKeys: () => {} },
        window: { windowMs: 5000, windowOriginMs, windowPhaseSpreadMs: 0 },
      });
      onTestFinished(() => server.stop(0));
      expect(mongoPrefix).toMatch(/^gaitway-run-test-/);
      expect(await names()).toContain(`${mongoPrefix}.layout`);
      await end();
      stays.push(`${mongoPrefix}.windows`);
      expect(await names()).toEqual([...stays].sort());
    }
  });

  it('leaves none when it cannot start', async () => {
    const own = new URL(mongoUrl!);
    own.pathname = `gaitway-test-${randomUUID()}`;
    // Confirmed from memory alone, which the durability that is asked for does not allow: known once they are made.
    own.searchParams.set('journal', 'false');
    const client = new MongoClient(mongoUrl!);
    const database = client.db(own.pathname.slice(1));
    onTestFinished(async () => {
      await database.dropDatabase();
      await client.close();
    });
    const starting = startServerOfRun(
      { ...optionsOn(own.href), cache: 'off', durability: 'machine' },
      {
        ...{ id: 'test', clock: realClock, nodeArguments: [], redisKeys: () => {} },
        window: { windowMs: 5000, windowOriginMs: 0, windowPhaseSpreadMs: 0 },
      },
    );
    await expect(starting).rejects.toMatchObject({ code: 'archive_not_durable' });
    expect(await database.listCollections().toArray()).toEqual([]);
  });
});

function optionsOn(url: string): Parameters<typeof startServerOfRun>[0] {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-mongo-of-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    scenario: smoke,
    ...{ seed: 1, workers: 1, transport: 'lean', targets: [], command: [] },
    tokenSecret: 'a secret that is long enough for a test',
    ...{ cache: 'on', durability: 'process', mongoUrl: url, folder },
  };
}

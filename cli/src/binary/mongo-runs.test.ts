import type { RunRecord } from '@gaitway/contract';
import { connectMongo } from '@gaitway/reference-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FULL, gaitway, ownFolder, unbroken } from './binary.fixture.ts';
import { expectSoundRun } from './run-outcome.fixture.ts';
import { ownMongoDatabase } from './service-databases.fixture.ts';

describe.runIf(FULL)('runs with a server of their own, one after the other on one MongoDB database', () => {
  it('with the cache off have nothing of each other, and each can be audited later', async () => {
    const mongo = ownMongoDatabase();
    const { client, database } = await connectMongo(mongo);
    onTestFinished(() => client.close());
    const data = ownFolder();
    const words = ['run', 'smoke', '--patients', '20', '--viewers', '0', '--duration', '8s', '--seed', '5'];
    const records: RunRecord[] = [];
    for (const _ of ['first', 'second']) {
      const run = await gaitway([...words, '--cache', 'off', '--mongo', mongo, '--json'], { data });
      const record = JSON.parse(run.stdout) as RunRecord;
      expectSoundRun(record, run.code);
      expect(record.audit.foreign).toBe(0);
      expect(record.audit.compared.stored).toBe(record.audit.compared.readings);
      records.push(record);
    }
    const prefixes = records.map(({ archive }) => archive.prefix!);
    expect(new Set(prefixes).size).toBe(2);
    const names = async () => (await database.listCollections().toArray()).map(({ name }) => name).sort();
    expect(await names()).toEqual(prefixes.map((prefix) => `${prefix}.windows`).sort());

    for (const record of records) {
      const later = await gaitway(['audit', record.id, '--mongo', mongo, '--json'], { data });
      expect(later.code).toBe(0);
      expect((JSON.parse(later.stdout) as { audit: unknown }).audit).toEqual(record.audit);
    }
    await database.collection(`${prefixes[0]}.windows`).drop();
    const gone = await gaitway(['audit', records[0]!.id, '--mongo', mongo], { data });
    expect(unbroken(gone.stderr)).toMatch(/no verdict: There are no window documents in MongoDB/);
    expect(gone.code).toBe(96);
    expect(await names()).toEqual([`${prefixes[1]}.windows`]);
  });
});

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { realClock } from '../real-clock.ts';
import { type ArchiveUnderTest, describeArchive, RETENTION_LONG } from './archive.suite.ts';
import type { Retention } from './archive.ts';
import { alertOf, insightOf, medicationOf } from './archive-samples.fixture.ts';
import { documentOf } from './documents.fixture.ts';
import { openMongoArchive } from './mongo-archive.ts';
import { expectOldAlerts, OLD_ALERTS } from './old-alerts.fixture.ts';

const url = process.env.GAITWAY_MONGO_URL;

async function archiveUnderTest(
  retention: Retention,
): Promise<ArchiveUnderTest & { client: MongoClient; name: string }> {
  const name = `gaitway-test-${randomUUID()}`;
  const ownUrl = new URL(url!);
  ownUrl.pathname = name;
  const open = () => openMongoArchive(ownUrl.href, { clock: realClock, retention });
  const client = new MongoClient(url!);
  let archive = await open();
  return {
    archive,
    client,
    name,
    reopen: async () => {
      await archive.close();
      archive = await open();
      return archive;
    },
    dispose: async () => {
      await archive.close();
      await client.db(name).dropDatabase();
      await client.close();
    },
  };
}

describe.runIf(url)('with MongoDB', () => {
  describeArchive('MongoDB', archiveUnderTest, { expires: false });

  it('reads alerts that an older version stored', async () => {
    const { archive, client, name, dispose } = await archiveUnderTest(RETENTION_LONG);
    try {
      const alerts = client.db(name).collection<{ _id: string }>('alerts');
      await alerts.insertMany(OLD_ALERTS.map(([alert]) => ({ ...alert, _id: alert.id })));
      await expectOldAlerts(archive);
    } finally {
      await dispose();
    }
  });

  it('lets MongoDB delete everything that has a retention when their time is up', async () => {
    const { archive, client, name, dispose } = await archiveUnderTest(RETENTION_LONG);
    try {
      const window = documentOf('a', 0);
      await archive.saveWindows([window]);
      const position = '0000000000000001';
      const bytes = Uint8Array.of(1);
      await archive.saveReadings([
        { patient: 'a', ward: 'w', partition: 0, position, receivedAtMs: 5, bytes },
      ]);
      await archive.saveAlerts([alertOf('1', { atMs: 7 })]);
      await archive.saveMedication(medicationOf('1', 'a', 9));
      await archive.saveInsight(insightOf('a', 11));
      const database = client.db(name);
      for (const [collection, expiresAtMs] of [
        ['windows', window.endMs + 1e13],
        ['readings', 5 + 1e12],
        ['alerts', 7 + 2e13],
        ['medication', 9 + 3e13],
        ['insights', 11 + 1e13],
      ] as const) {
        const indexes = await database.collection(collection).indexes();
        expect(indexes.find(({ key }) => 'expiresAt' in key)).toMatchObject({ expireAfterSeconds: 0 });
        expect(await database.collection(collection).findOne()).toMatchObject({
          expiresAt: new Date(expiresAtMs),
        });
      }
    } finally {
      await dispose();
    }
  });

  it('many writers of the same windows at once: the highest epoch stays, and every lower one is told', async () => {
    const { archive, dispose } = await archiveUnderTest(RETENTION_LONG);
    try {
      const minutes = Array.from({ length: 40 }, (_, i) => i);
      const epochs = [1, 2, 3, 4, 5, 6];
      const outcomes = await Promise.all(
        epochs.map((epoch) =>
          archive.saveWindows(minutes.map((minute) => documentOf('a', minute, { epoch }))),
        ),
      );
      expect(outcomes.at(-1)).toEqual(minutes.map(() => 'saved'));
      const stored = await archive.windowsOf('a', 0, 1e15, 100);
      expect(stored.map(({ epoch }) => epoch)).toEqual(minutes.map(() => 6));
      const late = await archive.saveWindows(minutes.map((minute) => documentOf('a', minute, { epoch: 5 })));
      expect(late).toEqual(minutes.map(() => 'fenced'));
    } finally {
      await dispose();
    }
  });

  it.runIf(process.env.GAITWAY_TEST === 'full')(
    'scans 30,000 windows in order and in bounded pages, of patients with few and with many',
    async () => {
      const { archive, dispose } = await archiveUnderTest(RETENTION_LONG);
      try {
        // One alone has more than go into a range; names beyond the basic plane sort by bytes, not by UTF-16.
        const counts = new Map([['p-many', 9000]]);
        for (let i = 0; i < 210; i++) counts.set(`${i % 5 === 0 ? '\u{1f9b6}' : 'p'}-${i}\uffee`, 100);
        const keys = [...counts].flatMap(([patient, windows]) =>
          Array.from({ length: windows }, (_, minute) => ({ patient, minute })),
        );
        expect(keys).toHaveLength(30_000);
        for (let at = 0; at < keys.length; at += 500) {
          await archive.saveWindows(
            keys.slice(at, at + 500).map(({ patient, minute }) => documentOf(patient, minute)),
          );
        }
        const scanned: string[] = [];
        for await (const page of archive.scanWindows(0, 1e15, 200)) {
          expect(page.length).toBeLessThanOrEqual(200);
          for (const { patient, startMs } of page) scanned.push(`${patient} ${startMs}`);
        }
        const inOrder = keys
          .map(({ patient, minute }) => `${patient} ${documentOf('', minute).startMs}`)
          .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(scanned).toEqual(inOrder);
      } finally {
        await dispose();
      }
    },
    600_000,
  );

  it('connections that are cut in the middle of a write lose nothing and save nothing twice', async () => {
    const target = new URL(url!);
    const name = `gaitway-test-${randomUUID()}`;
    const open = new Set<Socket>();
    let writes = 0;
    const proxy = createServer((client) => {
      const server = connect(Number(target.port || 27017), target.hostname);
      for (const socket of [client, server]) {
        open.add(socket);
        socket.on('error', () => {}).on('close', () => open.delete(socket));
      }
      client.pipe(server).pipe(client);
      client.on('data', (bytes) => {
        // The request is on its way already: MongoDB carries it out, and the answer never arrives.
        if (bytes.length > 10_000 && ++writes % 2 === 1) client.destroy();
      });
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;
    const archive = await openMongoArchive(`mongodb://127.0.0.1:${port}/${name}?directConnection=true`, {
      clock: realClock,
      retention: RETENTION_LONG,
    });
    const client = new MongoClient(url!);
    try {
      const documents = Array.from({ length: 5 }, (_, minute) => documentOf('a', minute));
      expect(await archive.saveWindows(documents)).toEqual(documents.map(() => 'saved'));
      expect(await archive.windowsOf('a', 0, 1e15, 10)).toEqual(documents);
      expect(writes).toBeGreaterThanOrEqual(2);
    } finally {
      await archive.close();
      for (const socket of open) socket.destroy();
      proxy.close();
      await client.db(name).dropDatabase();
      await client.close();
    }
  });
});

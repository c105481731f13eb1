import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { realClock } from '../real-clock.ts';
import { type ArchiveUnderTest, describeArchive } from './archive.suite.ts';
import type { Retention } from './archive.ts';
import { documentOf } from './documents.fixture.ts';
import { openMongoArchive } from './mongo-archive.ts';

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

  it('lets MongoDB delete windows and readings when their time is up', async () => {
    const { archive, client, name, dispose } = await archiveUnderTest({ readingsMs: 1e12, windowsMs: 1e13 });
    try {
      const window = documentOf('a', 0);
      await archive.saveWindows([window]);
      const position = '0000000000000001';
      const bytes = Uint8Array.of(1);
      await archive.saveReadings([
        { patient: 'a', ward: 'w', partition: 0, position, receivedAtMs: 5, bytes },
      ]);
      const database = client.db(name);
      for (const [collection, expiresAtMs] of [
        ['windows', window.endMs + 1e13],
        ['readings', 5 + 1e12],
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
    const { archive, dispose } = await archiveUnderTest({ readingsMs: 1e12, windowsMs: 1e13 });
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
      retention: { readingsMs: 1e12, windowsMs: 1e13 },
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

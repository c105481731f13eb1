import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf } from '../archive/documents.fixture.ts';
import { openMongoArchive } from '../archive/mongo-archive.ts';
import { Harness, settingsFor } from '../gateway/running-server.fixture.ts';
import { batchOf, frameOf, readAll } from '../ingest/reading-log-samples.fixture.ts';
import { createNullMeter } from '../observe/null-meter.ts';
import { realClock } from '../real-clock.ts';
import { SERVER_SETTINGS_DEFAULT, type ServerSettings } from '../settings.ts';
import { MongoCollections } from './mongo-collections.ts';
import { forgetInMongo } from './mongo-forget.ts';
import { mongoLayout } from './mongo-layout.ts';
import { type OwnMongoDatabase, ownMongoDatabase } from './mongo-service.fixture.ts';
import { type StoreLayout, settleLayout } from './store-layout.ts';
import { openStores } from './stores.ts';

const url = process.env.GAITWAY_MONGO_URL;
const LAYOUT: StoreLayout = {
  partitions: 4,
  windowMs: 60_000,
  windowOriginMs: 0,
  windowPhaseSpreadMs: 60_000,
};
const FIXED = { reuseOrigin: false };

describe.runIf(url)('the layout in MongoDB', () => {
  const harness = new Harness();
  let own: OwnMongoDatabase;
  beforeEach(() => {
    own = ownMongoDatabase(url!);
  });
  afterEach(async () => {
    await harness.end();
    await own.clear();
  });

  const keeper = (prefix = '') => mongoLayout(new MongoCollections(own.database, prefix), realClock);
  /** Each time on an empty data folder: what is kept is kept in MongoDB. */
  const openOn = (over: Partial<ServerSettings> = {}) =>
    openStores(
      settingsFor({ mongoUrl: own.url, dataFolder: harness.folder(), partitions: 4, ...over }),
      realClock,
      createNullMeter(),
    );

  it('is that of the first server; one with another is refused', async () => {
    expect(await settleLayout([keeper()], LAYOUT, FIXED)).toEqual(LAYOUT);
    for (const change of [{ partitions: 8 }, { windowMs: 5000 }, { windowPhaseSpreadMs: 0 }]) {
      await expect(settleLayout([keeper()], { ...LAYOUT, ...change }, FIXED)).rejects.toMatchObject({
        code: 'mongo_layout',
        message: expect.stringMatching(
          /^The archive in MongoDB \(database gaitway-test-.*\) was begun with --.*another MongoDB database \(--mongo URL\/DATABASE\)\.$/,
        ),
      });
    }
    expect(await settleLayout([keeper()], LAYOUT, FIXED)).toEqual(LAYOUT);
  });

  it('counts windows of servers that start together from one moment', async () => {
    const origins = await Promise.all(
      [1, 2, 3, 4].map(async (windowOriginMs) => {
        const asked = { ...LAYOUT, windowOriginMs };
        return (await settleLayout([keeper()], asked, { reuseOrigin: true })).windowOriginMs;
      }),
    );
    expect(new Set(origins).size).toBe(1);
    expect([1, 2, 3, 4]).toContain(origins[0]);
  });

  it.each(['on', 'off'] as const)('is what stores on it open by (cache %s)', async (cache) => {
    await (await openOn({ cache })).close();
    const { window } = SERVER_SETTINGS_DEFAULT;
    for (const change of [{ partitions: 8 }, { window: { ...window, windowMs: 5000 } }]) {
      await expect(openOn({ cache, ...change })).rejects.toMatchObject({ code: 'mongo_layout' });
    }
    await (await openOn({ cache })).close();
  });

  it('is one for each prefix, and so are the documents and readings: nobody reads those of others', async () => {
    const first = await openOn({ cache: 'off', mongoPrefix: 'run-1' });
    await first.log.append(batchOf(1, [frameOf(1, 1, 0)]));
    await first.archive.saveWindows([documentOf('a', 0)]);
    await first.close();
    const window = { ...SERVER_SETTINGS_DEFAULT.window, windowMs: 5000 };
    const second = await openOn({ cache: 'off', mongoPrefix: 'run-2', window });
    expect(await readAll(second.log, 1)).toEqual([]);
    expect(await second.archive.windowsOf('a', 0, 1e15, 10)).toEqual([]);
    await second.close();
    const again = await openOn({ cache: 'off', mongoPrefix: 'run-1' });
    expect(await readAll(again.log, 1)).toHaveLength(1);
    await again.close();
  });

  it('is forgotten with everything of its prefix but what is to stay, and with nothing else', async () => {
    for (const mongoPrefix of ['run-1', 'run-10', '']) await (await openOn({ mongoPrefix })).close();
    const names = async () =>
      (await own.database.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
    const before = await names();
    expect(before.filter((name) => name.startsWith('run-1.')).length).toBeGreaterThan(4);
    const others = before.filter((name) => !name.startsWith('run-1.'));
    await forgetInMongo(own.url, 'run-1', ['windows']);
    expect(await names()).toEqual([...others, 'run-1.windows'].sort());
    await forgetInMongo(own.url, 'run-1');
    expect(await names()).toEqual(others);
    await expect(forgetInMongo(own.url, '')).rejects.toThrow('everybody');
  });

  it('an archive that is only read is not made where there is none', async () => {
    const { retention } = SERVER_SETTINGS_DEFAULT;
    const options = { clock: realClock, retention, prefix: 'gone', readsOnly: true };
    await expect(openMongoArchive(own.url, options)).rejects.toMatchObject({
      code: 'mongo_missing',
      message: expect.stringMatching(/no window documents in MongoDB \(database .*, collections gone\.\*\)/),
    });
    expect(await own.database.listCollections().toArray()).toEqual([]);
    await (await openMongoArchive(own.url, { ...options, readsOnly: false })).close();
    const read = await openMongoArchive(own.url, options);
    expect(await read.windowsOf('a', 0, 1e15, 10)).toEqual([]);
    await read.close();
  });
});

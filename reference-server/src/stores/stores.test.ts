import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf } from '../archive/documents.fixture.ts';
import { Harness, settingsFor } from '../gateway/running-server.fixture.ts';
import { archived, identities } from '../gateway/stored-readings.fixture.ts';
import { batchOf, frameOf } from '../ingest/reading-log-samples.fixture.ts';
import { createNullMeter } from '../observe/null-meter.ts';
import { realClock } from '../real-clock.ts';
import type { ServerSettings } from '../settings.ts';
import { openStores } from './stores.ts';

/** LMDB begins with two pages that say where everything is. */
const FIRST_PAGES_BYTES = 2 * 4096;

describe('embedded stores whose file was damaged', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gaitway-stores-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = () => openStores(settingsFor({ dataFolder: folder }), realClock, createNullMeter());

  it('are refused with what to do, and the folder is let go', async () => {
    const stores = await open();
    await stores.archive.saveWindows([documentOf('a', 0)]);
    await stores.close();
    const file = join(folder, 'stores', 'data.mdb');
    const bytes = statSync(file).size;
    expect(bytes).toBeGreaterThan(FIRST_PAGES_BYTES);
    // Pages that a power loss kept from the disk: zeros, in a file of full length.
    const damaged = openSync(file, 'r+');
    writeSync(damaged, Buffer.alloc(bytes - FIRST_PAGES_BYTES), 0, undefined, FIRST_PAGES_BYTES);
    closeSync(damaged);
    for (const _ of ['once', 'and again: no lock was left']) {
      await expect(open()).rejects.toMatchObject({
        name: 'DataFolderFault',
        code: 'damaged',
        message: expect.stringMatching(/power loss.*Restore the data folder from a copy/),
      });
    }
  });
});

describe('embedded stores that were begun before', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  const window = { windowMs: 60_000, windowOriginMs: 0, windowPhaseSpreadMs: 0 };
  const openIn = (dataFolder: string, over: Partial<ServerSettings>) =>
    openStores(settingsFor({ dataFolder, ...over }), realClock, createNullMeter());

  it.each(['on', 'off'] as const)(
    'with another number of partitions are refused, and keep what they hold (cache %s)',
    async (cache) => {
      const folder = harness.folder();
      const record = frameOf(1, 1, 0);
      const stores = await openIn(folder, { cache, partitions: 8 });
      await stores.log.append(batchOf(7, [record]));
      await stores.close();
      for (const partitions of [4, 16]) {
        await expect(openIn(folder, { cache, partitions })).rejects.toMatchObject({
          name: 'StoreFault',
          code: 'folder_layout',
          message: expect.stringContaining(
            `The data folder ${folder} was begun with --partitions 8; this server was asked for --partitions ${partitions},`,
          ),
        });
      }
      const again = await openIn(folder, { cache, partitions: 8 });
      const read = await again.log.read([{ partition: 7, after: null }], 10);
      expect(read.get(7)!.flatMap(({ records }) => records.map(({ bytes }) => [...bytes]))).toEqual([
        [...record.bytes],
      ]);
      await again.close();
    },
  );

  it.each([{ windowMs: 5000 }, { windowOriginMs: 1 }, { windowPhaseSpreadMs: 1000 }])(
    'with other windows (%o) are refused',
    async (change) => {
      const folder = harness.folder();
      await (await openIn(folder, { window })).close();
      await expect(openIn(folder, { window: { ...window, ...change } })).rejects.toMatchObject({
        code: 'folder_layout',
        message: expect.stringMatching(/was begun with --window-.*another data folder \(--data\)\.$/),
      });
      await (await openIn(folder, { window })).close();
    },
  );

  it('count windows from where they were begun, when that is what is asked', async () => {
    const folder = harness.folder();
    for (const windowOriginMs of [1000, 2000]) {
      const settings = { window: { ...window, windowOriginMs }, reuseWindowOrigin: true };
      const server = await harness.start({ ...settings, dataFolder: folder });
      expect(server.settings.window).toEqual({ ...window, windowOriginMs: 1000 });
      await server.stop();
    }
  });

  it('archive a reading whose window was open when they were left, once, as they were begun', async () => {
    const dataFolder = harness.folder();
    const settings = { dataFolder, window, partitions: 3 };
    const first = await harness.start(settings);
    const devices = await Promise.all([1, 2, 3, 4, 5].map((device) => harness.device(first, device)));
    for (const device of devices) await device.report();
    await first.stop();
    await expect(harness.start({ ...settings, partitions: 1 })).rejects.toThrow(/--partitions 3/);
    const again = await harness.start(settings);
    expect(identities(await archived(again.url))).toEqual([1, 2, 3, 4, 5].map((device) => `${device}:1:0`));
  });
});

describe('the reading log of embedded stores', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  it.each([
    { cache: 'on', durability: 'process' },
    { cache: 'on', durability: 'machine' },
    { cache: 'off', durability: 'process' },
    { cache: 'off', durability: 'machine' },
  ] as const)('is as durable as was asked for: $durability, cache $cache', async (asked) => {
    const settings = settingsFor({ dataFolder: harness.folder(), ...asked });
    const stores = await openStores(settings, realClock, createNullMeter());
    expect(stores.log.durability).toMatchObject({ level: asked.durability, known: 'checked' });
    await stores.close();
  });
});

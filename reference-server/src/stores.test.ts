import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf } from './archive/documents.fixture.ts';
import { settingsFor } from './gateway/running-server.fixture.ts';
import { createNullMeter } from './observe/null-meter.ts';
import { realClock } from './real-clock.ts';
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

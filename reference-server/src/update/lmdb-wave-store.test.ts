import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbEnvironment } from '../stores/lmdb-environment.ts';
import { LmdbWaveStore } from './lmdb-wave-store.ts';
import { waveStoreSuite } from './wave-store.suite.ts';

waveStoreSuite('LMDB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-wave-'));
  let environment = openLmdbEnvironment(folder, 'process');
  return {
    store: new LmdbWaveStore(environment),
    reopen: async () => {
      await environment.close();
      environment = openLmdbEnvironment(folder, 'process');
      return new LmdbWaveStore(environment);
    },
    dispose: async () => {
      await environment.close();
      rmSync(folder, { recursive: true });
    },
  };
});

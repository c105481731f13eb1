import { MemoryWaveStore } from './memory-wave-store.ts';
import { waveStoreSuite } from './wave-store.suite.ts';

waveStoreSuite('in memory', async () => {
  const store = new MemoryWaveStore();
  return { store, reopen: async () => store, dispose: async () => {} };
});

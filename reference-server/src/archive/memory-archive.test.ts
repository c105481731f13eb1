import { describeArchive } from './archive.suite.ts';
import { MemoryArchive } from './memory-archive.ts';

describeArchive('memory', async (retention) => ({
  archive: new MemoryArchive(retention),
  dispose: async () => {},
}));

import { expect, it } from 'vitest';
import { createNullMeter } from '../observe/null-meter.ts';
import { documentOf } from './documents.fixture.ts';
import { MemoryArchive } from './memory-archive.ts';
import { meteredArchive } from './metered-archive.ts';

it('counts documents that were written, and not those that a higher epoch kept out', async () => {
  const meter = createNullMeter();
  const archive = meteredArchive(new MemoryArchive(), meter);
  await archive.saveWindows([documentOf('p1', 1, { epoch: 2 }), documentOf('p1', 2)]);
  await archive.saveWindows([documentOf('p1', 1, { epoch: 1 })]);
  expect(meter.countOf('archiveWrites', { kind: 'window' })).toBe(2);
  expect(await archive.windowsOf('p1', 0, Number.MAX_SAFE_INTEGER, 10)).toHaveLength(2);
});

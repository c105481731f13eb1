import { expect, it } from 'vitest';
import { createNullMeter } from '../observe/null-meter.ts';
import { readingOf } from './archive-samples.fixture.ts';
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

it('counts readings that were written: no markers, and none whose position another had', async () => {
  const meter = createNullMeter();
  const archive = meteredArchive(new MemoryArchive(), meter);
  const taken = { ...readingOf(0, 1), patient: 'b' };
  await archive.saveReadings([readingOf(0, 1), { ...readingOf(0, 2), bytes: new Uint8Array(0) }]);
  expect(await archive.saveReadings([taken, readingOf(0, 3)])).toEqual([taken]);
  expect(meter.countOf('archiveWrites', { kind: 'reading' })).toBe(2);
});

/**
 * What a window document costs: documents a second, CPU and bytes, in memory and in LMDB, saved in bulks as
 * a processor saves them. Run the compiled file with Node.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbEnvironment } from '../stores/lmdb-environment.ts';
import type { Archive } from './archive.ts';
import { documentOf } from './documents.fixture.ts';
import { LmdbArchive } from './lmdb-archive.ts';
import { MemoryArchive } from './memory-archive.ts';
import { decodeWindow, encodeWindow } from './window-codec.ts';

const DOCUMENTS = 50_000;
const PATIENTS = 1000;
const BULKS = [1, 10, 100];

const templates = Array.from({ length: 50 }, (_, i) => documentOf('p', i));

async function measure(
  name: string,
  archive: Archive,
  bulk: number,
  base: number,
  bytesUsed: () => number,
): Promise<void> {
  const documents = bulk === 1 ? DOCUMENTS / 10 : DOCUMENTS;
  const bytesBefore = bytesUsed();
  const cpuBefore = process.cpuUsage();
  const startedAtMs = performance.now();
  for (let i = 0; i < documents; i += bulk) {
    const windows = Array.from({ length: bulk }, (_, k) => {
      const n = base + i + k;
      const startMs = 1_700_000_000_000 + Math.floor(n / PATIENTS) * 60_000;
      const patient = `patient-${String(n % PATIENTS).padStart(6, '0')}`;
      return { ...templates[n % templates.length]!, patient, startMs, endMs: startMs + 60_000 };
    });
    await archive.saveWindows(windows);
  }
  const seconds = (performance.now() - startedAtMs) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const row = {
    archive: name,
    documentsPerSave: bulk,
    documentsPerSecond: Math.round(documents / seconds),
    cpuUsPerDocument: Number(((cpu.user + cpu.system) / documents).toFixed(1)),
    bytesPerDocument: Math.round((bytesUsed() - bytesBefore) / documents),
  };
  console.log(JSON.stringify(row));
}

const packed = templates.map(encodeWindow);
const startedAtMs = performance.now();
for (let i = 0; i < DOCUMENTS; i++) encodeWindow(templates[i % templates.length]!);
const encodedAtMs = performance.now();
for (let i = 0; i < DOCUMENTS; i++) decodeWindow(packed[i % packed.length]!);
console.log(
  JSON.stringify({
    codec: 'window',
    packedBytes: packed[20]!.length,
    jsonBytes: JSON.stringify(templates[20]).length,
    encodeUs: Number((((encodedAtMs - startedAtMs) / DOCUMENTS) * 1000).toFixed(2)),
    decodeUs: Number((((performance.now() - encodedAtMs) / DOCUMENTS) * 1000).toFixed(2)),
  }),
);

const memoryBytes = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
const memory = new MemoryArchive();
for (const [i, bulk] of BULKS.entries()) await measure('memory', memory, bulk, i * DOCUMENTS, memoryBytes);

for (const level of ['process', 'machine'] as const) {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-bench-'));
  const environment = openLmdbEnvironment(folder, level);
  const archive = new LmdbArchive(environment);
  const fileBytes = () => statSync(join(folder, 'data.mdb')).size;
  for (const [i, bulk] of BULKS.entries())
    await measure(`LMDB, ${level}`, archive, bulk, i * DOCUMENTS, fileBytes);
  await environment.close();
  rmSync(folder, { recursive: true });
}

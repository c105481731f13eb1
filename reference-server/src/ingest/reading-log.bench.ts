/**
 * What an append costs: readings a second and CPU by size of the batch, in memory and in LMDB at both levels
 * of durability. One append at a time, as the gateway does it; frames of 106 bytes, 10,000 devices, 16
 * partitions, and a processor's commit and trim for every hundred appends.
 * Run the compiled file with Node.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbEnvironment } from '../stores/lmdb-environment.ts';
import { LmdbReadingLog } from './lmdb-reading-log.ts';
import { MemoryReadingLog } from './memory-reading-log.ts';
import { type AppendBatch, type PartitionBatch, partitionOf, type ReadingLog } from './reading-log.ts';

const DURATION_MS = 1500;
const DEVICES = 10_000;
const OPTIONS = { partitions: 16, entriesMax: 1e9 };
const BATCHES = [1, 10, 100, 1000];

const patients = Array.from({ length: DEVICES }, (_, device) => `patient-${String(device).padStart(6, '0')}`);
const partitions = patients.map((patient) => partitionOf(patient, OPTIONS.partitions));
const frame = new Uint8Array(106);

function batchOf(readings: number, round: number): AppendBatch {
  const byPartition = new Map<number, PartitionBatch>();
  const watermarks: AppendBatch['watermarks'] = new Map();
  for (let i = 0; i < readings; i++) {
    const device = (round * readings + i) % DEVICES;
    const partition = partitions[device]!;
    const record = { patient: patients[device]!, ward: `ward-${device % 50}`, bytes: frame };
    const batch = byPartition.get(partition);
    if (batch) batch.records.push(record);
    else byPartition.set(partition, { partition, records: [record] });
    watermarks.set(device, { boot: 1, seq: round, startMs: round * 5000 });
  }
  return { receivedAtMs: round, partitions: [...byPartition.values()], watermarks };
}

async function readCommitTrim(log: ReadingLog): Promise<void> {
  for (let partition = 0; partition < OPTIONS.partitions; partition++) {
    const after = (await log.progressOf(partition))?.position ?? null;
    const position = (await log.read([{ partition, after }], 10_000)).get(partition)?.at(-1)?.position;
    if (position === undefined) continue;
    await log.commit(partition, 1, { position, closedThroughMs: 0 });
    await log.trim(partition);
  }
}

async function measure(name: string, log: ReadingLog): Promise<void> {
  for (const readings of BATCHES) {
    const appendMs: number[] = [];
    const cpuBefore = process.cpuUsage();
    const startedAtMs = performance.now();
    let round = 0;
    for (; performance.now() - startedAtMs < DURATION_MS; round++) {
      const batch = batchOf(readings, round);
      const beganAtMs = performance.now();
      await log.append(batch);
      appendMs.push(performance.now() - beganAtMs);
      if (round % 100 === 99) await readCommitTrim(log);
    }
    const seconds = (performance.now() - startedAtMs) / 1000;
    const cpu = process.cpuUsage(cpuBefore);
    appendMs.sort((a, b) => a - b);
    const row = {
      log: name,
      readingsPerAppend: readings,
      readingsPerSecond: Math.round((round * readings) / seconds),
      appendMsP50: Number(appendMs[appendMs.length >> 1]!.toFixed(3)),
      appendMsP99: Number(appendMs[Math.floor(appendMs.length * 0.99)]!.toFixed(3)),
      cpuUsPerReading: Number(((cpu.user + cpu.system) / (round * readings)).toFixed(2)),
    };
    console.log(JSON.stringify(row));
  }
}

await measure('memory', new MemoryReadingLog(OPTIONS));
for (const level of ['process', 'machine'] as const) {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-bench-'));
  const environment = openLmdbEnvironment(folder, level);
  await measure(`LMDB, ${level}`, new LmdbReadingLog(environment, OPTIONS));
  await environment.close();
  rmSync(folder, { recursive: true });
}

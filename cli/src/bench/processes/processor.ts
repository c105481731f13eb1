import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  encodeFrame,
  FrameKind,
  PAYLOAD_BYTES,
  SLOT_MS_DEFAULT,
  WINDOW_SETTINGS_DEFAULT,
  writeFeatures,
} from '@gaitway/contract';
import {
  type Archive,
  createNullMeter,
  createStageTimer,
  LmdbArchive,
  LmdbReadingLog,
  MemoryArchive,
  MemoryPartitionLeases,
  MemoryReadingLog,
  openLmdbEnvironment,
  type PartitionBatch,
  PROCESSOR_SETTINGS_DEFAULT,
  Processor,
  partitionOf,
  type ReadingLog,
  realClock,
} from '@gaitway/reference-server';
import { createPopulation } from '@gaitway/simulator';

export interface ProcessorOrder {
  type: 'process';
  stores: 'memory' | 'lmdb';
  patients: number;
  windows: number;
}

export interface ProcessorFigures {
  type: 'processed';
  readings: number;
  documents: number;
  cpuMicrosPerReading: number;
  windowsPerSecond: number;
}

const PARTITIONS = 16;
const WINDOW = { ...WINDOW_SETTINGS_DEFAULT, windowPhaseSpreadMs: 0 };
const SLOTS = WINDOW.windowMs / SLOT_MS_DEFAULT;
const SEED = 7;
const LOG = { partitions: PARTITIONS, entriesMax: 1e9 };

/** Fills a log with real readings, then lets one processor fold, assess and archive them all. */
async function run({ stores, patients, windows }: ProcessorOrder): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-bench-'));
  const environment = stores === 'lmdb' ? openLmdbEnvironment(folder, 'process') : undefined;
  const log = environment ? new LmdbReadingLog(environment, LOG) : new MemoryReadingLog(LOG);
  const archive: Archive = environment ? new LmdbArchive(environment) : new MemoryArchive();
  try {
    await fill(log, patients, windows);
    process.send?.(await measure(log, archive, patients, windows));
  } finally {
    await archive.close();
    await environment?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One entry per partition and slot, as a gateway with a batch of everybody would write it. */
async function fill(log: ReadingLog, patients: number, windows: number): Promise<void> {
  const population = createPopulation(SEED);
  const firstMs = Math.floor(Date.now() / WINDOW.windowMs - windows - 2) * WINDOW.windowMs;
  for (let slot = 0; slot < windows * SLOTS; slot++) {
    const partitions = new Map<number, PartitionBatch>();
    for (let index = 0; index < patients; index++) {
      const { patient, ward, device } = population.personAt(index);
      const payload = new Uint8Array(PAYLOAD_BYTES[FrameKind.features]);
      writeFeatures(payload, 0, population.valuesOf(index, slot));
      const header = {
        ...{ kind: FrameKind.features, flags: 0, placement: 0, accelRange: 1, gyroRange: 1 },
        ...{ device, boot: 1, firmware: 1, seq: slot, batteryMv: 3700, slotMs: SLOT_MS_DEFAULT },
        startMs: firstMs + slot * SLOT_MS_DEFAULT,
      };
      const record = { patient, ward, bytes: encodeFrame(header, payload, slot) };
      const partition = partitionOf(patient, PARTITIONS);
      const batch = partitions.get(partition);
      if (batch) batch.records.push(record);
      else partitions.set(partition, { partition, records: [record] });
    }
    const receivedAtMs = firstMs + (slot + 1) * SLOT_MS_DEFAULT;
    await log.append({ receivedAtMs, partitions: [...partitions.values()], watermarks: new Map() });
  }
  // The marker that closes what is still open when everything was read.
  await log.appendCloseOpen(Date.now());
}

async function measure(
  log: ReadingLog,
  archive: Archive,
  patients: number,
  windows: number,
): Promise<ProcessorFigures> {
  const meter = createNullMeter();
  let documents = 0;
  let failure: string | undefined;
  const processor = new Processor({
    instance: 'bench',
    log,
    leases: new MemoryPartitionLeases(realClock),
    archive,
    // Everybody is told of, nobody watches: publishing is the call alone.
    fanOut: {
      publish({ kind }) {
        if (kind === 'window') documents++;
      },
      isWatched: () => true,
    },
    clock: realClock,
    meter,
    stages: createStageTimer(() => realClock.monotonicMs()),
    warn: (says) => {
      failure = says;
    },
    settings: {
      ...PROCESSOR_SETTINGS_DEFAULT,
      window: WINDOW,
      allowedLatenessMs: 1000,
      leaseTtlMs: 60_000,
    },
  });
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  processor.start();
  while (documents < patients * windows && failure === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await processor.stop();
  if (failure !== undefined) throw new Error(failure);
  const readings = meter.countOf('readingsFolded');
  if (readings !== patients * windows * SLOTS) {
    throw new Error(`the processor folded ${readings} of ${patients * windows * SLOTS} readings`);
  }
  return {
    type: 'processed',
    readings,
    documents,
    cpuMicrosPerReading: (user + system) / readings,
    windowsPerSecond: documents / seconds,
  };
}

process.on('message', (order: ProcessorOrder) => {
  run(order).catch((error: unknown) => process.send?.({ type: 'failed', message: String(error) }));
});
process.on('disconnect', () => process.exit());

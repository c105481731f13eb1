import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Cell, cellsOf } from './cells.ts';
import type { SimulationOptions } from './simulate.ts';
import { mergeSystems, type SimulationResult, type SystemResult } from './simulation-result.ts';

type Progress = Parameters<NonNullable<SimulationOptions['progress']>>[0];

/** Everything but the stand-ins and scenarios of tests, which cannot be told to another thread. */
export type PlainSimulationOptions = Omit<SimulationOptions, 'population' | 'parts' | 'scenario'>;

export interface ApartOptions extends PlainSimulationOptions {
  /** Left out: as many as the machine has cores. The result does not depend on it. */
  threads?: number;
  /** Left out: see `cellsOf`. The result does depend on it. */
  patientsPerCell?: number;
}

export interface ForSimulation {
  options: PlainSimulationOptions;
  cell: Cell;
}

export type FromSimulation = { type: 'progress'; done: Progress } | { type: 'result'; result: SystemResult };

/**
 * Memory of a thread. A reading lives for about a minute of virtual time, until its window is committed; with
 * the engine's usual 16 MB for young objects most readings are copied into the old generation first, which
 * costs a quarter of the run (measured on Node 20). The old generation holds the open windows, the alerts and the
 * ledger: below 1 GB for 1,000 patients and a day, the documents lie outside of it.
 */
const LIMITS = { maxYoungGenerationSizeMb: 192, maxOldGenerationSizeMb: 6144 };

/**
 * A simulation of any size: cut into cells, each played as `simulateSystem` does in a thread of its own with the
 * memory that suits it, as many at a time as there are cores. Rejects with what went wrong in a thread, and ends
 * the others then.
 */
export async function simulateApart(options: ApartOptions): Promise<SimulationResult> {
  const { progress, threads = availableParallelism(), patientsPerCell, ...plain } = options;
  const cells = cellsOf(options.seed, options.patients, patientsPerCell);
  const results: SystemResult[] = [];
  const done: Progress[] = [];
  const running = new Set<Worker>();
  const tell = (cell: number, of: Progress) => {
    done[cell] = of;
    const sum = (part: 'hours' | 'readings') => done.reduce((total, each) => total + (each?.[part] ?? 0), 0);
    progress?.({ ...of, hours: sum('hours') / cells.length, readings: sum('readings') });
  };
  let next = 0;
  const playCells = async () => {
    while (next < cells.length) {
      const cell = next++;
      results[cell] = await playApart({ options: plain, cell: cells[cell]! }, running, (of) =>
        tell(cell, of),
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(threads, cells.length) }, playCells));
  } finally {
    next = cells.length;
    for (const worker of running) void worker.terminate();
  }
  return mergeSystems(options, results);
}

function playApart(
  workerData: ForSimulation,
  running: Set<Worker>,
  progress: (done: Progress) => void,
): Promise<SystemResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(threadFile(), { workerData, resourceLimits: LIMITS });
    running.add(worker);
    worker.on('message', (message: FromSimulation) => {
      if (message.type === 'progress') progress(message.done);
      else resolve(message.result);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      running.delete(worker);
      reject(new Error(`the simulation's thread ended with code ${code}`));
    });
  });
}

/** The compiled file of the thread: this module's neighbour, also when this module itself runs from its source. */
function threadFile(): URL {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/whole-system/' : './';
  return new URL(`${folder}simulate-thread.js`, import.meta.url);
}

import { Worker } from 'node:worker_threads';
import type { SimulationOptions, SimulationResult } from './simulate.ts';

/** Everything but the stand-ins and scenarios of tests, which cannot be told to another thread. */
export type PlainSimulationOptions = Omit<SimulationOptions, 'population' | 'parts' | 'scenario'>;

export type FromSimulation =
  | { type: 'progress'; done: Parameters<NonNullable<SimulationOptions['progress']>>[0] }
  | { type: 'result'; result: SimulationResult };

/**
 * Memory of the thread. A reading lives for about a minute of virtual time, until its window is committed; with
 * the engine's usual 16 MB for young objects most readings are copied into the old generation first, which
 * costs a quarter of the run (measured on Node 20). The old generation holds the open windows, the alerts and the
 * ledger: below 1 GB for 1,000 patients and a day, the documents lie outside of it.
 */
const LIMITS = { maxYoungGenerationSizeMb: 192, maxOldGenerationSizeMb: 6144 };

/**
 * As `simulateSystem`, in a thread of its own with the memory that suits it: the same result, sooner. Rejects
 * with what went wrong in it.
 */
export function simulateApart(options: PlainSimulationOptions): Promise<SimulationResult> {
  const { progress, ...workerData } = options;
  return new Promise((resolve, reject) => {
    const worker = new Worker(threadFile(), {
      workerData,
      resourceLimits: LIMITS,
    });
    worker.on('message', (message: FromSimulation) => {
      if (message.type === 'progress') progress?.(message.done);
      else resolve(message.result);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the simulation's thread ended with code ${code}`)));
  });
}

/** The compiled file of the thread: this module's neighbour, also when this module itself runs from its source. */
function threadFile(): URL {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/whole-system/' : './';
  return new URL(`${folder}simulate-thread.js`, import.meta.url);
}

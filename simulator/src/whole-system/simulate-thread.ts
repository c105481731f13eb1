import { parentPort, workerData } from 'node:worker_threads';
import { simulateSystem } from './simulate.ts';
import type { FromSimulation, PlainSimulationOptions } from './simulate-apart.ts';

/** The thread behind `simulateApart`. */
const tell = (message: FromSimulation) => parentPort!.postMessage(message);
const result = await simulateSystem({
  ...(workerData as PlainSimulationOptions),
  progress: (done) => tell({ type: 'progress', done }),
});
tell({ type: 'result', result });

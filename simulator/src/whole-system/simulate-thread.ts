import { parentPort, workerData } from 'node:worker_threads';
import { playCell } from './simulate.ts';
import type { ForSimulation, FromSimulation } from './simulate-apart.ts';

/** A thread behind `simulateApart`. */
const { options, cell } = workerData as ForSimulation;
const tell = (message: FromSimulation) => parentPort!.postMessage(message);
const result = await playCell(cell, {
  ...options,
  progress: (done) => tell({ type: 'progress', done }),
});
tell({ type: 'result', result });

import { type Benchmark, repeated } from './benchmark.ts';
import { BenchProcess } from './child-process.ts';
import type { ProcessorFigures, ProcessorOrder } from './processes/processor.ts';
import { rowOf, spreadOf } from './row.ts';

const PATIENTS = 500;
const WINDOWS = { usual: 20, quick: 8 };

/** What reads the log, folds windows, assesses them and archives the documents. */
export const processor: Benchmark = {
  name: 'processor',
  says: 'windows: read, fold, assess, archive',
  long: false,
  estimateSeconds: ({ repeats, quick }) => repeats * (quick ? 6 : 12),
  async run(context) {
    const windows = context.quick ? WINDOWS.quick : WINDOWS.usual;
    const turns = await repeated(context, `${PATIENTS * windows} windows of 12 readings`, async () => ({
      memory: await measure('memory', windows),
      lmdb: await measure('lmdb', windows),
    }));
    const memory = spreadOf(turns.map((turn) => turn.memory.cpuMicrosPerReading));
    return [
      rowOf(
        'processor, CPU per reading, embedded stores',
        'us',
        spreadOf(turns.map((turn) => turn.lmdb.cpuMicrosPerReading)),
        {
          alternative: { name: 'stores in memory', ...memory },
          goal: { of: 'value', atMost: 18 },
        },
      ),
      rowOf(
        'processor, windows per second, embedded stores',
        '1/s',
        spreadOf(turns.map((turn) => turn.lmdb.windowsPerSecond)),
        {
          alternative: {
            name: 'stores in memory',
            ...spreadOf(turns.map((turn) => turn.memory.windowsPerSecond)),
          },
        },
      ),
    ];
  },
};

async function measure(stores: ProcessorOrder['stores'], windows: number): Promise<ProcessorFigures> {
  const process = new BenchProcess(
    'the processor of the benchmark',
    new URL('./processes/processor.js', import.meta.url).href,
  );
  const order: ProcessorOrder = { type: 'process', stores, patients: PATIENTS, windows };
  try {
    return await process.ask<ProcessorFigures>(order, 'processed');
  } finally {
    await process.end();
  }
}

import { type Benchmark, repeated } from './benchmark.ts';
import { BenchProcess } from './child-process.ts';
import type { PatientsFigures, PatientsOrder } from './processes/patients.ts';
import { rowOf, spreadOf } from './row.ts';

/** A minute of a whole fleet, and the next one. */
const PATIENTS = 100_000;
const SLOTS = 12;
const SEED = 7;

/** What the signals of synthetic patients cost: a fleet's readings come from a pool, raw samples are made each time. */
export const patients: Benchmark = {
  name: 'patients',
  says: 'the readings of 100,000 synthetic patients, and the samples behind one',
  long: false,
  estimateSeconds: ({ repeats }) => repeats * 10,
  async run(context) {
    const turns = await repeated(context, 'two minutes of 100,000 patients', async (repeat) => {
      const process = new BenchProcess(
        'the patients of the benchmark',
        new URL('./processes/patients.js', import.meta.url).href,
        ['--expose-gc'],
      );
      const slots = context.quick ? SLOTS / 2 : SLOTS;
      const order: PatientsOrder = { type: 'run', seed: SEED + 2 * repeat, patients: PATIENTS, slots };
      try {
        return await process.ask<PatientsFigures>(order, 'ran');
      } finally {
        await process.end();
      }
    });
    const spread = (name: Exclude<keyof PatientsFigures, 'type'>) =>
      spreadOf(turns.map((turn) => turn[name]));
    const goal = { of: 'value', atMost: 5 } as const;
    return [
      rowOf('a reading of the first minute, with the making of the pool', 'us', spread('firstUs'), { goal }),
      rowOf('a reading of the next minute', 'us', spread('nextUs'), { goal }),
      rowOf('the samples of one slot', 'us', spread('samplesUs')),
      rowOf('the pool after two minutes', 'kB', spread('poolKb')),
    ];
  },
};

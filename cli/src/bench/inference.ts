import { CONDITIONS } from '@gaitway/contract';
import { type Benchmark, repeated } from './benchmark.ts';
import { BenchProcess } from './child-process.ts';
import type { InferenceFigures, InferenceOrder } from './processes/inference.ts';
import { rowOf, spreadOf } from './row.ts';

const WINDOWS = { usual: 20_000, quick: 5000 };
/** 100,000 patients with windows of 60 s. */
const WINDOWS_PER_SECOND = 1667;
const MICROS_PER_SECOND = 1e6;

/** What the models cost: a window's slots scored, counted for the drift, and assessed. */
export const inference: Benchmark = {
  name: 'inference',
  says: 'models: slots scored, windows assessed, drift counted, in features and raw mode',
  long: false,
  estimateSeconds: ({ repeats, quick }) => repeats * (quick ? 2 : 4),
  async run(context) {
    const windows = context.quick ? WINDOWS.quick : WINDOWS.usual;
    const measured = await repeated(context, `${windows} windows of 12 readings`, () => measure(windows));
    const of = (figure: keyof Omit<InferenceFigures, 'type' | 'perCondition'>) =>
      spreadOf(measured.map((figures) => figures[figure]));
    const share = measured.map(({ perWindow }) => (100 * perWindow * WINDOWS_PER_SECOND) / MICROS_PER_SECOND);
    return [
      rowOf('inference, a window of 12 readings', 'us', of('perWindow'), {
        alternative: { name: 'and a second model in shadow', ...of('perWindowOfTwo') },
      }),
      rowOf('inference, a window of 12 raw readings, 120 chunks', 'us', of('rawPerWindow')),
      ...CONDITIONS.map((condition) =>
        rowOf(
          `inference, ${condition} of a window: 12 slots and the assessment`,
          'us',
          spreadOf(measured.map(({ perCondition }) => perCondition[condition])),
        ),
      ),
      rowOf('inference, the assessment of a window alone', 'us', of('assessmentPerWindow')),
      rowOf('inference, drift of one reading', 'us', of('driftPerReading'), {
        goal: { of: 'value', atMost: 1 },
      }),
      rowOf('inference, 1,667 windows/s, of one core', '%', spreadOf(share), {
        goal: { of: 'value', atMost: 10 },
      }),
    ];
  },
};

async function measure(windows: number): Promise<InferenceFigures> {
  const process = new BenchProcess(
    'the models of the benchmark',
    new URL('./processes/inference.js', import.meta.url).href,
  );
  const order: InferenceOrder = { type: 'infer', windows };
  try {
    return await process.ask<InferenceFigures>(order, 'inferred');
  } finally {
    await process.end();
  }
}

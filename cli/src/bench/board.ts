import { type Benchmark, repeated } from './benchmark.ts';
import { BenchProcess } from './child-process.ts';
import type { BoardFigures, BoardOrder } from './processes/board.ts';
import { type BenchRow, rowOf, spreadOf } from './row.ts';

/**
 * Each about a second of CPU, or a few. What is measured are whole slots, after so much virtual time that code is
 * compiled. Memory is measured on many, so that what all share does not count.
 */
const LOADS = {
  translated: { boards: 100, warmUpSeconds: 10, seconds: 20 },
  hub: { boards: 60, warmUpSeconds: 10, seconds: 20 },
  skip: { boards: 10, warmUpSeconds: 10, seconds: 20 },
  everyEvent: { boards: 4, warmUpSeconds: 10, seconds: 20 },
  none: { boards: 1, warmUpSeconds: 1, seconds: 5 },
  twin: { boards: 500, warmUpSeconds: 10, seconds: 20 },
  manyBoards: { boards: 1000, warmUpSeconds: 1, seconds: 0 },
  manyTwins: { boards: 2000, warmUpSeconds: 10, seconds: 0 },
  manyFleetTwins: { boards: 10_000, warmUpSeconds: 0, seconds: 0 },
} as const satisfies Record<BoardOrder['device'], Omit<BoardOrder, 'type' | 'device'>>;

/** So many devices with real firmware in real time on one core: two cores play four hundred canaries beside nothing else. */
const REAL_TIME_LEAST = 200;

const DEVICES = Object.keys(LOADS) as BoardOrder['device'][];

/** The emulated wearable and what makes it fast, beside the twin, which does the same without its chip. */
export const board: Benchmark = {
  name: 'board',
  says: 'the emulated wearable: how many run in real time on one core, and what one needs',
  long: false,
  estimateSeconds: ({ repeats, quick }) => repeats * (quick ? 12 : 20),
  async run(context) {
    const turns = await repeated(context, 'each way to run a wearable', async () => {
      const figures = {} as Record<BoardOrder['device'], BoardFigures>;
      for (const device of DEVICES) figures[device] = await measure(device, context.quick);
      return figures;
    });
    const perCore = (device: BoardOrder['device']) =>
      spreadOf(turns.map((turn) => turn[device].inRealTimePerCore));
    const kb = (device: BoardOrder['device']) => spreadOf(turns.map((turn) => turn[device].kbPerDevice));
    const speed = (row: string, device: BoardOrder['device'], name: string, beside: BoardOrder['device']) =>
      rowOf(`boards in real time per core, ${row}`, '', perCore(device), {
        alternative: { name, ...perCore(beside) },
        ...(device === 'translated' ? { goal: { of: 'value', atLeast: REAL_TIME_LEAST } as const } : {}),
      });
    const rows: BenchRow[] = [
      speed('sleep skipped and program translated', 'translated', 'sleep skipped', 'skip'),
      speed('with a sensor hub for the heart', 'hub', 'without', 'translated'),
      speed('sleep skipped', 'skip', 'from event to event', 'everyEvent'),
      speed('from event to event', 'everyEvent', 'every instruction executed', 'none'),
      rowOf(
        'cycles a second in which the chip of a board is awake, of 16 million',
        '',
        spreadOf(turns.map(({ translated }) => translated.activeCyclesPerSecond!)),
        {
          alternative: {
            name: 'with a sensor hub',
            ...spreadOf(turns.map(({ hub }) => hub.activeCyclesPerSecond!)),
          },
        },
      ),
      rowOf('twins driven by ticks in real time per core', '', perCore('twin'), {
        alternative: { name: 'boards', ...perCore('translated') },
      }),
      rowOf('heap and buffers per board', 'kB', kb('manyBoards'), {
        alternative: { name: 'twin driven by ticks', ...kb('manyTwins') },
      }),
      rowOf('heap and buffers per twin of a fleet, idle', 'kB', kb('manyFleetTwins')),
    ];
    return rows;
  },
};

async function measure(device: BoardOrder['device'], quick: boolean): Promise<BoardFigures> {
  const process = new BenchProcess(
    'the boards of the benchmark',
    new URL('./processes/board.js', import.meta.url).href,
    ['--expose-gc'],
  );
  const load = LOADS[device];
  const order: BoardOrder = {
    type: 'run',
    device,
    ...load,
    seconds: Math.min(load.seconds, quick ? 10 : 20),
  };
  try {
    return await process.ask<BoardFigures>(order, 'ran');
  } finally {
    await process.end();
  }
}

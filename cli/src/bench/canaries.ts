import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Benchmark, repeated } from './benchmark.ts';
import { BenchProcess } from './child-process.ts';
import type { CanariesFigures, CanariesOrder } from './processes/canaries.ts';
import { rowOf, spreadOf } from './row.ts';
import { BENCH_SECRET, startEchoServer } from './server-under-load.ts';

/** So few that a busy neighbour does not make them late: what is measured is their CPU. */
const CANARIES = 60;

/** Everything that a canary costs: board, modem, samples, ledger, latency, lean transport, in real time. */
export const canaries: Benchmark = {
  name: 'canaries',
  says: 'real firmware in a run: boards with modem and connection, as many as one core carries in real time',
  long: false,
  estimateSeconds: ({ repeats, quick }) => repeats * (quick ? 26 : 36),
  async run(context) {
    const figures = await repeated(context, `${CANARIES} canaries in real time`, () =>
      measure(context.quick),
    );
    return [
      rowOf('canary, CPU per second', 'ms', spreadOf(figures.map(({ perCore }) => 1000 / perCore)), {
        // 200 on a core.
        goal: { of: 'value', atMost: 5 },
      }),
      rowOf('canaries in real time per core', '', spreadOf(figures.map(({ perCore }) => perCore))),
    ];
  },
};

async function measure(quick: boolean): Promise<CanariesFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-bench-'));
  const server = await startEchoServer();
  const fleet = new BenchProcess(
    'the canaries of the benchmark',
    new URL('./processes/canaries.js', import.meta.url).href,
  );
  const order: CanariesOrder = {
    type: 'play',
    url: server.url,
    canaries: CANARIES,
    warmUpSeconds: 10,
    seconds: quick ? 10 : 20,
    folder,
    tokenSecret: BENCH_SECRET,
  };
  try {
    return await fleet.ask<CanariesFigures>(order, 'played');
  } finally {
    await fleet.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

import type { RunRecord } from '@gaitway/contract';
import { changeScenario, findScenario } from '@gaitway/scenarios';
import { SYSTEM_FAULTS_DEFAULT, simulateApart } from '@gaitway/simulator';
import { type BenchContext, type Benchmark, repeated } from './benchmark.ts';
import { emptyRedisDatabase } from './redis-database.ts';
import { type BenchRow, rowOf, spreadOf } from './row.ts';
import { runOnce } from './run-once.ts';
import { reasonsOf, rowOfFaults, rowsOfVerdicts } from './run-rows.ts';

const SEED = 7;
const SMOKE_RUNS = { usual: 20, quick: 2 };
const SIMULATED_HOURS = { usual: 24, quick: 2 };
/** A day in five minutes. */
const SIMULATED_HOUR_SECONDS_MAX = 300 / 24;
const QUICK_MEASURE_MS = 60_000;

/** A generator that calls itself invalid on a quiet machine would make every verdict worthless. */
export const smokeRuns: Benchmark = {
  name: 'smoke',
  says: 'twenty quiet runs of the scenario smoke: all hold',
  long: true,
  estimateSeconds: ({ quick }) => sizeOf(SMOKE_RUNS, quick) * 26,
  async run(context) {
    const count = sizeOf(SMOKE_RUNS, context.quick);
    const runs = await repeated({ ...context, repeats: count }, 'scenario smoke', () =>
      runOnce(findScenario('smoke'), {}),
    );
    for (const run of runs) for (const says of reasonsOf(run)) context.progress(says);
    return rowsOfVerdicts(runs.map(({ verdict }) => verdict));
  },
};

/** A day of a thousand patients under virtual time. */
export const simulation: Benchmark = {
  name: 'simulate',
  says: '1,000 patients for 24 hours under virtual time',
  long: true,
  estimateSeconds: ({ quick }) => sizeOf(SIMULATED_HOURS, quick) * SIMULATED_HOUR_SECONDS_MAX,
  async run({ progress, quick }) {
    const hours = sizeOf(SIMULATED_HOURS, quick);
    const startedMs = performance.now();
    const result = await simulateApart({
      seed: SEED,
      patients: 1000,
      hours,
      faults: SYSTEM_FAULTS_DEFAULT,
      progress: (done) => progress(`${Math.round(done.hours)} of ${done.ofHours} simulated hours`),
    });
    const seconds = (performance.now() - startedMs) / 1000;
    return [
      rowOf(`simulate 1,000 patients for ${hours} h`, 's', spreadOf([seconds]), {
        goal: { of: 'value', atMost: hours * SIMULATED_HOUR_SECONDS_MAX },
      }),
      rowOf('simulate, per reading', 'us', spreadOf([(seconds * 1e6) / result.readings])),
      rowOfFaults('simulate', result.audit),
    ];
  },
};

/** 2,000 readings a second for five minutes, everything on this machine, with a real Redis. */
export const tenThousand: Benchmark = {
  name: 'ten-thousand',
  says: '10,000 patients at one reading per 5 s for five minutes, all processes on this machine',
  long: true,
  estimateSeconds: ({ quick }) => (quick ? 120 : 390),
  async run(context) {
    if (!context.redisUrl) {
      context.leftOut('10,000 patients with a real Redis: set GAITWAY_REDIS_URL');
      return [];
    }
    const production = findScenario('production');
    const scenario = context.quick ? changeScenario(production, { measureMs: QUICK_MEASURE_MS }) : production;
    context.progress(`scenario production, measured for ${scenario.phases.measureMs / 1000} s`);
    const database = await emptyRedisDatabase(context.redisUrl);
    try {
      return rowsOfRun(await runOnce(scenario, { redisUrl: database.url }), context);
    } finally {
      await database.release();
    }
  },
};

function rowsOfRun(record: RunRecord, { progress }: BenchContext): BenchRow[] {
  const { ack } = record.latency;
  for (const says of reasonsOf(record)) progress(says);
  const goal = (atMost: number) => ({ goal: { of: 'value', atMost } as const });
  return [
    rowOf('10,000 patients, acknowledgement p95', 'ms', spreadOf(known(ack.p95Ms)), goal(50)),
    rowOf('10,000 patients, acknowledgement p99', 'ms', spreadOf(known(ack.p99Ms)), goal(200)),
    rowOf('10,000 patients, did not hold', '', spreadOf([record.verdict === 'holds' ? 0 : 1]), goal(0)),
    rowOfFaults('10,000 patients', record.audit),
  ];
}

function known(value: number | null | undefined): number[] {
  return value == null ? [] : [value];
}

function sizeOf({ usual, quick }: { usual: number; quick: number }, isQuick: boolean): number {
  return isQuick ? quick : usual;
}

import type { RunRecord } from '@gaitway/contract';
import { changeScenario, cohortNamed, findScenario } from '@gaitway/scenarios';
import type { BenchContext, Benchmark } from './benchmark.ts';
import { emptyRedisDatabase } from './redis-database.ts';
import { type BenchRow, rowOf, spreadOf } from './row.ts';
import { runOnce } from './run-once.ts';
import { reasonsOf } from './run-rows.ts';

const PATIENTS = { usual: 10_000, quick: 1000 };
const MEASURE_MS = { usual: 300_000, quick: 60_000 };
/** A third of them are doctors, who watch a ward each: enough people that some of them fall. */
const VIEWERS = 240;
/** One in eight of those who are up falls in five minutes: some four reports a second beside 2,000 readings. */
const FALL_BOOST = 3000;
const REPORTED_LEAST = 100;
const DELAY_MS_MOST = 2000;

/** An alert of a fall does not wait for a window: from when the device's report was due until somebody saw it. */
export const falls: Benchmark = {
  name: 'falls',
  says: '10,000 patients with boosted falls for five minutes: from the report that is due to the alert at a viewer',
  long: true,
  estimateSeconds: ({ quick }) => (quick ? 120 : 390),
  async run(context) {
    const scenario = changeScenario(findScenario('production'), {
      patients: context.quick ? PATIENTS.quick : PATIENTS.usual,
      measureMs: context.quick ? MEASURE_MS.quick : MEASURE_MS.usual,
      viewers: VIEWERS,
    });
    const cohort = { ...cohortNamed('default'), name: 'boosted falls', fallBoost: FALL_BOOST };
    const database = context.redisUrl ? await emptyRedisDatabase(context.redisUrl) : undefined;
    try {
      const redis = database ? { redisUrl: database.url } : {};
      return fallRows(await runOnce(scenario, { cohort, ...redis }), context, database !== undefined);
    } finally {
      await database?.release();
    }
  },
};

function fallRows(record: RunRecord, { progress, quick }: BenchContext, onRedis: boolean): BenchRow[] {
  for (const says of reasonsOf(record)) progress(says);
  const reports = record.grades.falls?.reports;
  const name = `falls reported by ${record.patients.toLocaleString('en')} patients, ${onRedis ? 'Redis' : 'embedded'} log`;
  const known = (value: number | null | undefined) => spreadOf(value == null ? [] : [value]);
  const least = quick ? {} : { goal: { of: 'value', atLeast: REPORTED_LEAST } as const };
  const atMost = (most: number) => ({ goal: { of: 'value', atMost: most } as const });
  return [
    rowOf(`${name}, of people who are watched`, '', known(reports?.reported), least),
    rowOf(`${name}, never seen by a viewer`, '', known(reports?.unseen), atMost(0)),
    rowOf(`${name}, to the viewer p50`, 'ms', known(reports?.p50Ms)),
    rowOf(`${name}, to the viewer p95`, 'ms', known(reports?.p95Ms), atMost(DELAY_MS_MOST)),
    rowOf(`${name}, to the viewer at most`, 'ms', known(reports?.maxMs)),
    rowOf(`${name}, invalid runs`, '', spreadOf([record.verdict === 'invalid' ? 1 : 0]), atMost(0)),
  ];
}

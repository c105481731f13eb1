import { availableParallelism } from 'node:os';
import { cohortNamed } from '@gaitway/scenarios';
import type { Cohort, HeldOutPlay, PatientQuality } from '@gaitway/simulator';
import type { BenchContext, Benchmark } from './benchmark.ts';
import { BenchProcess } from './child-process.ts';
import type { QualityAnswer, QualityOrder } from './processes/quality.ts';
import { qualityRows } from './quality-rows.ts';

/** No model was fitted or tuned on these. A seed has sixteen bodies at each place: so many seeds of few hours each. */
const SEEDS = [90_001, 90_002, 90_003, 90_004, 90_005, 90_006, 90_007, 90_008];
const SEEDS_QUICK = 2;
/** Hours of a patient, and of how many of each seed: 8 x 42 x 6 = 2,016, with and again without boosted falls. */
const HOURS = 6;
const PATIENTS = 42;
/** Half of the devices sit where freezing can be told, half where tremor can. */
const PLACEMENT = { wrist: 0.5, shank: 0.5 };
/** Hours after midnight: the four quarters of a day, so that the hours of all come to whole patient-days. */
const START_HOURS = [0, 6, 12, 18];
/** Only there do devices tell of falls. */
const PLACEMENT_OF_FALLS = { wrist: 1, shank: 0 };
/** Falls happen to people who are up. */
const START_HOURS_OF_FALLS = [9, 15];
const SECONDS_PER_PLAY = 14;

/** What the answers are worth on people whom no model was fitted to. */
export const quality: Benchmark = {
  name: 'quality',
  says: 'answers and alerts on 2,000 held-out patient-hours, and falls in as many with boosted ones',
  long: false,
  estimateSeconds: ({ quick }) =>
    (playsOf(quick).ordinary.length * 2 * SECONDS_PER_PLAY) / availableParallelism(),
  async run(context) {
    const { ordinary, falling } = playsOf(context.quick);
    if (context.quick) context.leftOut(`quality on ${SEEDS.length - SEEDS_QUICK} of ${SEEDS.length} seeds`);
    const people = await playAll([...ordinary, ...falling], context);
    return qualityRows({
      ordinary: people.slice(0, ordinary.length).flat(),
      falling: people.slice(ordinary.length).flat(),
    });
  },
};

/** Every third of a seed's quarters comes as often as the others: seed and hour go round together. */
function playsOf(quick: boolean): Record<'ordinary' | 'falling', HeldOutPlay[]> {
  const seeds = quick ? SEEDS.slice(0, SEEDS_QUICK) : SEEDS;
  const plays = (name: string, placement: Cohort['placement'], startHours: readonly number[]) => {
    const cohort = { ...cohortNamed(name), placement };
    return seeds.map((seed, at): HeldOutPlay => {
      const startHour = startHours[at % startHours.length]!;
      return { seed, patients: PATIENTS, hours: HOURS, cohort: { ...cohort, startHour } };
    });
  };
  return {
    ordinary: plays('held-out', PLACEMENT, START_HOURS),
    falling: plays('held-out-falls', PLACEMENT_OF_FALLS, START_HOURS_OF_FALLS),
  };
}

/** As many at a time as there are cores; the people of each play, in order. */
async function playAll(
  plays: readonly HeldOutPlay[],
  { progress }: BenchContext,
): Promise<PatientQuality[][]> {
  const people: PatientQuality[][] = [];
  let next = 0;
  const playOn = async () => {
    while (next < plays.length) {
      const at = next++;
      progress(`${plays[at]!.cohort.name}, ${at + 1} of ${plays.length}`);
      people[at] = await playApart(plays[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(plays.length, availableParallelism()) }, playOn));
  return people;
}

async function playApart(play: HeldOutPlay): Promise<PatientQuality[]> {
  const process = new BenchProcess(
    'the held-out patients of the benchmark',
    new URL('./processes/quality.js', import.meta.url).href,
  );
  const order: QualityOrder = { type: 'play', play };
  try {
    return (await process.ask<QualityAnswer>(order, 'played')).people;
  } finally {
    await process.end();
  }
}

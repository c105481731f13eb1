import { beforeAll, describe, expect, it } from 'vitest';
import { difference } from './agreement.fixture.ts';
import { deviceWith, MODULES, type Mutation, mutationsOf } from './mutation.fixture.ts';
import { EQUIVALENT, type Equivalent } from './mutation-equivalents.fixture.ts';
import { FALL_EQUIVALENT } from './mutation-equivalents-of-falls.fixture.ts';
import { PULSE_EQUIVALENT } from './mutation-equivalents-of-pulses.fixture.ts';
import { build, playOn, whyNot } from './native.fixture.ts';
import { playOnTwin } from './play-on-twin.fixture.ts';
import { LONG_RARE_LIVES, RARE_LIVES } from './rare-lives.fixture.ts';
import { type Sent, type Trace, traceOf } from './trace.fixture.ts';

const EXCUSED = [...EQUIVALENT, ...FALL_EQUIVALENT, ...PULSE_EQUIVALENT];
const isFull = process.env.GAITWAY_TEST === 'full';
const TRACES_MOST = 200;
/** The last ones of them: what they are for no other one finds. */
const RARE = Object.values({ ...RARE_LIVES, ...LONG_RARE_LIVES });
const SEEDED = TRACES_MOST - RARE.length;
/** So many seeded lives are played by a twin with a change that has an excuse; the rare ones are, too. */
const SEEDED_FOR_EXCUSED = 40;

const lives: { trace: Trace; native: Sent[] }[] = [];
function life(index: number) {
  if (lives[index] === undefined) {
    const trace =
      index < SEEDED ? traceOf(1000 + index, { ticks: 4500, isHardware: false }) : RARE[index - SEEDED]!();
    lives[index] = { trace, native: playOn('native', trace) };
  }
  return lives[index];
}

/** How many lives it takes to see the difference; `undefined`: nobody saw one. */
async function livesUntilFound(mutation: Mutation | undefined, seeded = SEEDED): Promise<number | undefined> {
  const Device = await deviceWith(mutation);
  for (let index = 0; index < TRACES_MOST; index++) {
    if (index >= seeded && index < SEEDED) continue;
    const { trace, native } = life(index);
    try {
      if (difference(playOnTwin(trace, Device), native) !== undefined) return index + 1;
    } catch {
      return index + 1;
    }
  }
  return undefined;
}

function isExcused({ module, line, from, to, which }: Mutation, by: Equivalent): boolean {
  const change = `${from} ${to}`;
  return (
    by.module === module &&
    by.line === line &&
    (by.change ?? change) === change &&
    (by.which ?? which) === which
  );
}

describe.skipIf(!isFull)('the comparison of twin and chip', () => {
  beforeAll(() => {
    expect(whyNot('native')).toBeUndefined();
    build('native');
  });

  it('finds nothing in a twin without a change', async () => {
    expect(await livesUntilFound(undefined)).toBeUndefined();
  });

  it('finds every change of one operator, constant, shift or rounding of the twin', async () => {
    const mutations = MODULES.flatMap(mutationsOf).filter(
      (mutation) => !EXCUSED.some((one) => isExcused(mutation, one)),
    );
    const missed: string[] = [];
    for (const mutation of mutations) {
      const { module, from, to, line, which } = mutation;
      if ((await livesUntilFound(mutation)) === undefined)
        missed.push(`${module}: ${from} to ${to} (${which}) in: ${line}`);
    }
    expect(missed).toEqual([]);
    expect(mutations.length).toBeGreaterThan(600);
  });

  it('finds none of the changes that are said to change nothing', async () => {
    const found: string[] = [];
    for (const mutation of MODULES.flatMap(mutationsOf)) {
      const excuse = EXCUSED.find((one) => isExcused(mutation, one));
      if (excuse === undefined) continue;
      const { module, from, to, line, which } = mutation;
      if ((await livesUntilFound(mutation, SEEDED_FOR_EXCUSED)) !== undefined)
        found.push(`${module}: ${from} to ${to} (${which}) in: ${line}, excused since ${excuse.why}`);
    }
    expect(found).toEqual([]);
  });

  it('knows its exceptions by lines that are there', () => {
    const all = MODULES.flatMap(mutationsOf);
    const stale = EXCUSED.filter((one) => !all.some((mutation) => isExcused(mutation, one)));
    expect(stale).toEqual([]);
  });
});

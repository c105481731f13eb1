import { describe, expect, it } from 'vitest';
import { type Census, count, NOTHING } from './census.fixture.ts';
import { playOnTwin } from './play-on-twin.fixture.ts';
import { traceOf } from './trace.fixture.ts';

/** As many lives as simavr is given at full depth; the board is given more. */
const LIVES = process.env.GAITWAY_TEST === 'full' ? 200 : 60;

describe('the seeded lives that board and simavr are given', () => {
  it(`hold everything that a device must bear: ${LIVES} of them`, () => {
    const census: Census = { ...NOTHING };
    for (let seed = 1; seed <= LIVES; seed++) {
      const trace = traceOf(seed, { ticks: 3000, isHardware: true });
      count(census, trace, playOnTwin(trace));
    }
    const rare = Object.entries(census).filter(([, times]) => times < LIVES / 10);
    expect(rare).toEqual([]);
  });
});

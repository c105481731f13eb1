import { beforeAll, describe, expect, it } from 'vitest';
import { expectSame } from './agreement.fixture.ts';
import { build, playOn, whyNot } from './native.fixture.ts';
import { playOnTwin } from './play-on-twin.fixture.ts';
import { LONG_RARE_LIVES, RARE_LIVES } from './rare-lives.fixture.ts';
import { traceOf } from './trace.fixture.ts';

const isFull = process.env.GAITWAY_TEST === 'full';
const LIVES = isFull ? 2000 : 40;
/** So many a test: its time limit is one of a hang, also on a machine that is busy. */
const LIVES_A_TEST = 100;
const FIRST_SEEDS = Array.from({ length: Math.ceil(LIVES / LIVES_A_TEST) }, (_, i) => 1 + i * LIVES_A_TEST);
const reason = whyNot('native');

// At full depth a missing compiler is a failure.
describe.skipIf(reason !== undefined && !isFull)(
  `the C of the wearable, apart from its hardware${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    beforeAll(() => build('native'));

    it.each(FIRST_SEEDS)(
      `sends what the twin sends, byte for byte and in the same tick: ${LIVES} seeded lives, from %i on`,
      (first) => {
        let frames = 0;
        const end = Math.min(LIVES + 1, first + LIVES_A_TEST);
        for (let seed = first; seed < end; seed++) {
          const trace = traceOf(seed, { ticks: 4500, isHardware: false });
          const found = playOn('native', trace);
          expectSame(seed, playOnTwin(trace), found);
          frames += found.length;
        }
        // A test that compares nothing passes always.
        expect(frames).toBeGreaterThan((end - first) * 10);
      },
    );

    it.each(Object.entries({ ...RARE_LIVES, ...LONG_RARE_LIVES }))(
      'sends what the twin sends in a life of %s',
      (_, lifeOf) => {
        const trace = lifeOf();
        const found = playOn('native', trace);
        expectSame(0, playOnTwin(trace), found);
        expect(found.length).toBeGreaterThan(4);
      },
    );
  },
);

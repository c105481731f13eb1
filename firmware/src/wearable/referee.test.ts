import { beforeAll, describe, expect, it } from 'vitest';
import { builtAs, image } from '../board/wearable.fixture.ts';
import { expectSame } from './agreement.fixture.ts';
import { build, playOn, whyNot } from './native.fixture.ts';
import { playOnTwin } from './play-on-twin.fixture.ts';
import { traceOf } from './trace.fixture.ts';

const isFull = process.env.GAITWAY_TEST === 'full';
const LIVES = isFull ? 200 : 4;
const reason = whyNot('referee');

describe.skipIf(reason !== undefined && !isFull)(
  `the committed image in simavr${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    beforeAll(() => build('referee'));

    it(`sends what the twin sends in ${LIVES} seeded lives`, () => {
      const { imageHash } = builtAs(image('wearable-test'));
      let frames = 0;
      for (let seed = 1; seed <= LIVES; seed++) {
        const trace = traceOf(seed, { ticks: 3000, isHardware: true, imageHash });
        const found = playOn('referee', trace);
        // What is sent at the end of a tick it tells with the next line.
        expectSame(seed, playOnTwin(trace), found, false);
        frames += found.length;
      }
      expect(frames).toBeGreaterThan(LIVES * 10);
    });
  },
);

import { beforeAll, describe, expect, it } from 'vitest';
import { builtAs, image } from '../board/wearable.fixture.ts';
import { expectSame } from './agreement.fixture.ts';
import { build, playOn, whyNot } from './native.fixture.ts';
import { playOnTwin } from './play-on-twin.fixture.ts';
import { RARE_LIVES } from './rare-lives.fixture.ts';
import { livesAsked, traceOf } from './trace.fixture.ts';

const isFull = process.env.GAITWAY_TEST === 'full';
const LIVES = livesAsked(isFull ? 100 : 4);
const LIVES_A_TEST = 25;
const FIRST_SEEDS = Array.from({ length: Math.ceil(LIVES / LIVES_A_TEST) }, (_, i) => 1 + i * LIVES_A_TEST);
const reason = whyNot('referee');

describe.skipIf(reason !== undefined && !isFull)(
  `the committed image in simavr${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    beforeAll(() => build('referee'));

    it.each(FIRST_SEEDS)(`sends what the twin sends: ${LIVES} seeded lives, from %i on`, (first) => {
      const { imageHash } = builtAs(image('wearable-test'));
      let frames = 0;
      const end = Math.min(LIVES + 1, first + LIVES_A_TEST);
      for (let seed = first; seed < end; seed++) {
        const trace = traceOf(seed, { ticks: 3000, isHardware: true, imageHash });
        const found = playOn('referee', trace);
        // What is sent at the end of a tick it tells with the next line.
        expectSame(seed, playOnTwin(trace), found, false);
        frames += found.length;
      }
      expect(frames).toBeGreaterThan((end - first) * 10);
    });

    it.each(Object.entries(RARE_LIVES))('sends what the twin sends in a life of %s', (_, lifeOf) => {
      const trace = lifeOf(builtAs(image('wearable-test')).imageHash);
      const found = playOn('referee', trace);
      expectSame(0, playOnTwin(trace), found, false);
      expect(found.length).toBeGreaterThan(4);
    });
  },
);

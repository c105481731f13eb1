import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { HEADER_BYTES, readBoot } from '@gaitway/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { build, NativeScript, REFEREE } from './native.fixture.ts';
import { describeFrame, play } from './trace.fixture.ts';

const isFull = process.env.GAITWAY_TEST === 'full';
const LIVES = isFull ? 40 : 5;
const TICKS = 3000;

function whyNot(): string | undefined {
  if (spawnSync('gcc', ['--version']).error !== undefined) return 'gcc is not installed';
  return existsSync('/usr/include/simavr/sim_avr.h') ? undefined : 'libsimavr-dev is not installed';
}

const reason = whyNot();

/** What the program says of itself: only the image knows. */
function imageHash(): number {
  const script = new NativeScript();
  play(1, 20, script, { mode: 'features' });
  return readBoot(script.run(REFEREE)[0]!.bytes, HEADER_BYTES).imageHash;
}

describe.skipIf(reason !== undefined && !isFull)(
  `the committed image in simavr${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    beforeAll(() => build('referee'));

    it(`sends what the twin sends in ${LIVES} seeded lives`, () => {
      const hash = imageHash();
      let frames = 0;
      for (let seed = 1; seed <= LIVES; seed++) {
        const script = new NativeScript();
        // A chunk of raw mode takes most of a tick, and there is no time for an answer in the same one.
        const expected = play(seed, TICKS, script, { mode: 'features', imageHash: hash });
        const found = script.run(REFEREE);
        for (let i = 0; i < Math.max(expected.length, found.length); i++) {
          const [twin, chip] = [expected[i], found[i]].map(
            (x) => x && `flight ${x.flight} ${describeFrame(x.bytes)}`,
          );
          if (twin !== chip)
            expect.fail(
              `seed ${seed}, frame ${i}\n  twin line ${expected[i]?.line} ${twin}\n  chip line ${found[i]?.line} ${chip}`,
            );
        }
        frames += found.length;
      }
      expect(frames).toBeGreaterThan(LIVES * 10);
    });
  },
);

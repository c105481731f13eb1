import { beforeAll, describe, expect, it } from 'vitest';
import { build, NativeScript, whyNot } from './native.fixture.ts';
import { describeFrame, play } from './trace.fixture.ts';

const isFull = process.env.GAITWAY_TEST === 'full';
const TRACES = isFull ? 1000 : 60;
const TICKS = 4500;
const reason = whyNot();

// At full depth a missing compiler is a failure.
describe.skipIf(reason !== undefined && !isFull)(
  `the C of the wearable, apart from its hardware${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    beforeAll(() => build('native'));

    it(`sends what the twin sends, byte for byte and in the same tick, in ${TRACES} seeded lives`, () => {
      let frames = 0;
      for (let seed = 1; seed <= TRACES; seed++) {
        const script = new NativeScript();
        const expected = play(seed, TICKS, script);
        const found = script.run();
        for (let i = 0; i < Math.max(expected.length, found.length); i++) {
          const [e, f] = [expected[i], found[i]].map(
            (x) => x && `line ${x.line} flight ${x.flight} ${describeFrame(x.bytes)}`,
          );
          if (e !== f) expect.fail(`seed ${seed}, frame ${i}\n  twin ${e}\n  chip ${f}`);
        }
        frames += found.length;
      }
      // A test that compares nothing passes always.
      expect(frames).toBeGreaterThan(TRACES * 10);
    });
  },
);

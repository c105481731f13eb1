import { describe, expect, it } from 'vitest';
import { builtAs, image } from '../board/wearable.fixture.ts';
import { expectSame } from './agreement.fixture.ts';
import { playOnBoard } from './play-on-board.fixture.ts';
import { playOnTwin } from './play-on-twin.fixture.ts';
import { LONG_RARE_LIVES, RARE_LIVES } from './rare-lives.fixture.ts';
import { livesAsked, type Trace, traceOf } from './trace.fixture.ts';

const isFull = process.env.GAITWAY_TEST === 'full';
const LIVES = livesAsked(isFull ? 200 : 6);
/** So many a test: its time limit is one of a hang, also on a machine that is busy. */
const LIVES_A_TEST = 25;
const FIRST_SEEDS = Array.from({ length: Math.ceil(LIVES / LIVES_A_TEST) }, (_, i) => 1 + i * LIVES_A_TEST);
/** Between the program's variables and its stack at its deepest there stays at least this. */
const SRAM_LEFT_BYTES = 64;
/** What the board's power-on leaves in each byte of the SRAM. */
const UNTOUCHED = 0xa5;

function longestRun(bytes: Uint8Array, value: number): number {
  let longest = 0;
  let run = 0;
  for (const byte of bytes) {
    run = byte === value ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

describe('the committed image on the board', () => {
  it.each(FIRST_SEEDS)(
    `sends what the twin sends, byte for byte and in the same tick: ${LIVES} seeded lives, from %i on`,
    (first) => {
      const program = image('wearable-test');
      const { imageHash } = builtAs(program);
      let frames = 0;
      const end = Math.min(LIVES + 1, first + LIVES_A_TEST);
      for (let seed = first; seed < end; seed++) {
        const trace = traceOf(seed, { ticks: 3000, isHardware: true, imageHash });
        const { sent, board } = playOnBoard(trace, program);
        expectSame(seed, playOnTwin(trace), sent);
        // What no static variable and no call ever reached still holds what the power left there.
        expect(longestRun(board.sram(), UNTOUCHED)).toBeGreaterThan(SRAM_LEFT_BYTES);
        const { transmitter, baud } = board.line.lost;
        expect([transmitter, baud]).toEqual([0, 0]);
        frames += sent.length;
      }
      expect(frames).toBeGreaterThan((end - first) * 10);
    },
  );

  const expectSameRare = (lifeOf: (imageHash: number) => Trace): void => {
    const program = image('wearable-test');
    const trace = lifeOf(builtAs(program).imageHash);
    const { sent } = playOnBoard(trace, program);
    expectSame(0, playOnTwin(trace), sent);
    expect(sent.length).toBeGreaterThan(4);
  };

  it.each(Object.entries(RARE_LIVES))('sends what the twin sends in a life of %s', (_, lifeOf) => {
    expectSameRare(lifeOf);
  });

  // 12 s of CPU time.
  it.skipIf(!isFull).each(Object.entries(LONG_RARE_LIVES))(
    'sends what the twin sends in a life of %s',
    (_, lifeOf) => expectSameRare(lifeOf),
  );
});

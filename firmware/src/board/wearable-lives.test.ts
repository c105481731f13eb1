import { describe, expect, it } from 'vitest';
import { HonestServer } from '../twin/honest-server.fixture.ts';
import type { DownMessage } from './link/down-message.ts';
import { answerMessage, drawn, motion, type Play, type Said } from './wearable.fixture.ts';
import { agree, EPOCH_MS, SECOND, TEST_BUILD } from './wearable-agreement.fixture.ts';

const LIVES = process.env.GAITWAY_TEST === 'full' ? 200 : 8;
const LIFE_TICKS = 60 * SECOND;

/** What the modem says on its own: outages, times, commands, and now and then something that hangs the chip. */
function script(seed: number): Said[] {
  const said: Said[] = [
    { afterTick: 1 + (drawn(seed, 1) % 200), message: { type: 'linkUp' } },
    { afterTick: 1 + (drawn(seed, 2) % 600), message: { type: 'timeSync', epochMs: EPOCH_MS } },
  ];
  const say = (afterTick: number, message: DownMessage): void => {
    if (afterTick < LIFE_TICKS) said.push({ afterTick, message });
  };
  for (let tick = 200; tick < LIFE_TICKS - 100; tick += 40 + (drawn(seed, tick) % 400)) {
    const draw = drawn(seed, tick, 1);
    switch (draw % 10) {
      case 0:
      case 1:
        say(tick, { type: 'linkDown' });
        say(tick + 1 + ((draw >>> 8) % 900), { type: 'linkUp' });
        break;
      case 2:
        say(tick, { type: 'rate', slotMs: 200 + ((draw >>> 8) % 6500) });
        break;
      case 3:
        say(tick, { type: 'hang' });
        say(tick + 20, { type: 'timeSync', epochMs: EPOCH_MS + 20 * tick + 2400 });
        break;
      case 4:
        say(tick, { type: 'nextSeq', seq: 0xffff_ffff - ((draw >>> 8) % 3) });
        break;
      case 5:
        say(tick, { type: 'timeSync', epochMs: EPOCH_MS + 20 * tick + ((draw >>> 8) % 50) - 25 });
        break;
      case 6:
        say(tick, { type: 'acknowledged', boot: (draw >>> 8) % 3, seq: ((draw >>> 10) % 30) - 1 });
        break;
      default:
        say(tick, { type: 'button' });
    }
  }
  return said;
}

/** A server with a bad line: answers come late, twice or never; some are rejects, of this flight or of an older one. */
function badLine(seed: number): NonNullable<Play['answer']> {
  const server = new HonestServer();
  return ({ hex, flight }, index) => {
    const draw = drawn(seed, index, 2);
    const ticksLater = 1 + ((draw >>> 8) % 150);
    const retryAfterMs = draw % 3 === 0 ? undefined : (draw >>> 16) % 3000;
    const reject = { type: 'rejected' as const, flight, retryAfterMs };
    switch (draw % 8) {
      case 0:
        return [];
      case 1:
        return [{ message: { ...reject, device: 'later' }, ticksLater }];
      case 2:
        return [
          {
            message: { ...reject, device: 'drop', flight: (flight - (draw & 16 ? 1 : 0)) & 0xff },
            ticksLater,
          },
        ];
      default: {
        const message = answerMessage(server.receive(Buffer.from(hex, 'hex')), flight);
        const late = { message, ticksLater };
        return draw % 8 === 3 ? [late, { message, ticksLater: ticksLater + 7 }] : [late];
      }
    }
  };
}

/** Between the program's variables and its stack at its deepest there stays at least this. */
const SRAM_LEFT_BYTES = 64;

function longestRun(bytes: Uint8Array, value: number): number {
  let longest = 0;
  let run = 0;
  for (const byte of bytes) {
    run = byte === value ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

describe('the wearable on the board in a seeded life', () => {
  const seeds = Array.from({ length: LIVES }, (_, i) => i + 1);
  it.each(seeds)('sends what the twin sends (seed %i)', (seed) => {
    const still = motion(seed);
    const quietFrom = drawn(seed, 3) % LIFE_TICKS;
    const { sent, board } = agree({
      program: TEST_BUILD,
      ticks: LIFE_TICKS,
      settings: {
        slotMs: [1000, 2000, 3020, 5000, 5200][drawn(seed, 4) % 5]!,
        placement: [0, 1, 2, 3, 4][seed % 5] as 0,
        accelRange: drawn(seed, 5) % 4,
        gyroRange: drawn(seed, 6) % 4,
      },
      batteryMv: 3300 + (drawn(seed, 7) % 900),
      samples: (sampleNumber, into) => {
        if (sampleNumber >= quietFrom && sampleNumber < quietFrom + 400) return false;
        return drawn(seed, sampleNumber, 9) % 200 !== 0 && still(sampleNumber, into);
      },
      script: script(seed),
      answer: badLine(seed),
      ...(seed % 2 === 0 ? { brownOutAfter: 100 + (drawn(seed, 8) % (LIFE_TICKS - 500)) } : {}),
    });
    expect(sent.length).toBeGreaterThan(0);
    // What no static variable and no call ever reached still holds what the power left there.
    expect(longestRun(board.sram(), 0xa5)).toBeGreaterThan(SRAM_LEFT_BYTES);
  });
});

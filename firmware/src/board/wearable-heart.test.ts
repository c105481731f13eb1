import { FEATURE_FIELDS, FrameFlag, featureIndex, HEADER_BYTES, readFeatures } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import type { PulseSource } from './max32664.ts';
import { SleepMode } from './sleep.ts';
import { drawn, motion, type Play, playOnBoard, type Sent } from './wearable.fixture.ts';
import { agree, honest, lines, SECOND, UP, WEARABLE } from './wearable-agreement.fixture.ts';

const HEART_AT = ['heartRateBpm', 'beats', 'beatDifferenceSquares'].map(featureIndex);
const SLOT = 5 * SECOND;

/** A beat every 40 ticks, 750 and 850 ms in turn. */
const steady: PulseSource = (tick) => (tick % 40 === 20 ? (tick % 80 === 20 ? 7500 : 8500) : 0);

function play(pulses: PulseSource | undefined, more: Partial<Play> = {}): Play {
  return {
    program: WEARABLE,
    ticks: 4 * SLOT + 5,
    samples: motion(3),
    script: UP,
    answer: honest(),
    settings: { hasHub: true },
    board: pulses === undefined ? {} : { pulses },
    ...more,
  };
}

/** Of each slot: the heart's fields, and then all others. */
function slotsOf(sent: Sent[]): { heart: number[]; motion: number[]; flags: number }[] {
  return sent.slice(1).map(({ hex, frame }) => {
    const values = new Int32Array(FEATURE_FIELDS.length);
    readFeatures(Buffer.from(hex, 'hex'), HEADER_BYTES, values);
    const heart = HEART_AT.map((at) => values[at]!);
    for (const at of HEART_AT) values[at] = 0;
    return { heart, motion: [...values], flags: frame.flags };
  });
}

describe('the wearable with a hub for the heart', () => {
  it('tells rate, beats and differences as the twin does, and the same of the motion as without it', () => {
    const { sent, logs, board } = agree(play(steady));
    const slots = slotsOf(sent);
    expect(slots).toHaveLength(4);
    // 6 or 7 beats of 800 ms in the mean, and squares of 100 ms: 1250 units each.
    for (const { heart } of slots) {
      const [rate, beats, squares] = heart;
      expect([74, 75, 76]).toContain(rate);
      expect([6, 7]).toContain(beats);
      expect(squares).toBe((beats! - 1) * 1250);
    }
    expect(slots.map(({ heart }) => heart[1]).reduce((sum, beats) => sum! + beats!)).toBeGreaterThan(23);
    expect(logs.filter((log) => log.startsWith('7') || log.startsWith('8'))).toEqual([]);
    const without = agree(play(undefined, { settings: {} }));
    expect(slots.map(({ motion }) => motion)).toEqual(slotsOf(without.sent).map(({ motion }) => motion));
    // What the talk with the hub costs the chip.
    const busy = board.activeCycles / board.cycle;
    expect(busy - without.board.activeCycles / without.board.cycle).toBeLessThan(0.02);
  });

  it('sends the same in every way to sleep, translated or not', () => {
    const short = { ticks: 2 * SECOND, settings: { hasHub: true, slotMs: 500 } };
    const of = (sleep: SleepMode, translate = true) =>
      lines(playOnBoard(play(steady, { ...short, board: { pulses: steady, sleep, translate } })).sent);
    const skip = of(SleepMode.skip);
    expect(skip).toHaveLength(5);
    for (const mode of Object.values(SleepMode)) expect(of(mode)).toEqual(skip);
    expect(of(SleepMode.skip, false)).toEqual(skip);
  });

  it('tells nothing of the heart, says so once, and is unharmed when the hub is not there', () => {
    const { sent, logs } = agree(play(undefined));
    const slots = slotsOf(sent);
    expect(slots.map(({ heart }) => heart)).toEqual(slots.map(() => [0, 0, 0]));
    expect(logs.filter((log) => log.startsWith('7'))).toEqual(['7 0']);
    const without = slotsOf(agree(play(undefined, { settings: {} })).sent);
    expect(slots.map(({ motion }) => motion)).toEqual(without.map(({ motion }) => motion));
    expect(slots.every(({ flags }) => (flags & FrameFlag.gap) === 0)).toBe(true);
  });

  it('never speaks to a hub that its EEPROM does not name', () => {
    const { sent, logs } = agree(play(steady, { settings: {} }));
    expect(slotsOf(sent).map(({ heart }) => heart)).toEqual(new Array(4).fill([0, 0, 0]));
    expect(logs.filter((log) => log.startsWith('7'))).toEqual([]);
  });

  it('tells nothing of a slot in whose middle the hub stops, and goes on when it is back', () => {
    const dead = (tick: number): boolean => tick >= 1.5 * SLOT && tick < 2.5 * SLOT;
    const { sent, logs } = agree(play((tick) => (dead(tick) ? undefined : steady(tick))));
    const slots = slotsOf(sent);
    expect(slots.map(({ heart }) => heart[0]! > 0)).toEqual([true, false, false, true]);
    expect(slots.map(({ heart }) => heart[1]! > 0)).toEqual([true, false, false, true]);
    expect(slots.every(({ flags }) => (flags & FrameFlag.gap) === 0)).toBe(true);
    expect(logs.filter((log) => log.startsWith('7') || log.startsWith('8'))).toEqual(['7 0', '8 0']);
  });

  it('agrees with the twin when motion sensor and hub both fail now and then', () => {
    const samples = motion(9);
    const { sent } = agree({
      ...play((tick) => (drawn(9, tick, 1) % 500 < 3 ? undefined : steady(tick))),
      ticks: 40 * SECOND,
      samples: (tick, into) => drawn(9, tick, 2) % 300 > 3 && samples(tick, into),
    });
    const told = slotsOf(sent).filter(({ heart }) => heart[0]! > 0);
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(sent.length - 1);
  });
});

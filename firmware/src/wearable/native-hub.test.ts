import { FEATURE_FIELDS, FrameKind, featureIndex, HEADER_BYTES, readFeatures } from '@gaitway/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeDown } from '../link/down-message.ts';
import { build, said, whyNot } from './native.fixture.ts';

const isFull = process.env.GAITWAY_TEST === 'full';
const reason = whyNot('native');
const HEART_AT = ['heartRateBpm', 'beats', 'beatDifferenceSquares'].map(featureIndex);
const SLOT_TICKS = 100;
const BUSY = 0xfe;
const BROKEN = 0x05;
const HUB_LOGS = [7, 8];

/** A beat of 800 ms every 40 ticks. */
const beat = (tick: number): string => `H ${tick % 40 === 20 ? 8000 : 0}`;

/** The heart's fields of each slot of 2 s, and the logs about the hub: `before` says what the hub does before each tick. */
function hearts(ticks: number, before: (tick: number) => string[]) {
  const down = (message: Parameters<typeof encodeDown>[0]): string =>
    `R ${Buffer.from(encodeDown(message)).toString('hex')}`;
  const lines = ['P 1 1 2 2 0 2000 0 1', 'B 3700', 'S 1 0', down({ type: 'linkUp' })];
  lines.push(down({ type: 'timeSync', epochMs: 1_700_000_000_000 }));
  for (let tick = 0; tick < ticks; tick++) {
    lines.push(...before(tick), 'T 0 0 4096 0 0 0');
    // Whatever it has sent is acknowledged.
    if (tick % 10 === 5)
      lines.push(down({ type: 'acknowledged', boot: 1, seq: Math.floor(tick / SLOT_TICKS) }));
  }
  const slots: number[][] = [];
  const logs: number[] = [];
  for (const { message } of said('native', lines)) {
    if (message.type === 'damaged') throw new Error(message.says);
    if (message.type === 'log') logs.push(message.code);
    else if (message.bytes[1] === FrameKind.features) {
      const values = new Int32Array(FEATURE_FIELDS.length);
      readFeatures(message.bytes, HEADER_BYTES, values);
      slots.push(HEART_AT.map((at) => values[at]!));
    }
  }
  return { slots, logs: logs.filter((code) => HUB_LOGS.includes(code)) };
}

// What the part may answer and the board's model never does. At full depth a missing compiler is a failure.
describe.skipIf(reason !== undefined && !isFull)(
  `the C that talks with the hub${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    beforeAll(() => build('native'));

    it('hears every beat of a hub that answers at once', () => {
      const { slots, logs } = hearts(3 * SLOT_TICKS + 5, (tick) => [beat(tick)]);
      expect(slots).toEqual([
        [75, 2, 0],
        [75, 3, 0],
        [75, 2, 0],
      ]);
      expect(logs).toEqual([]);
    });

    it('reads again what a busy hub did not answer, and loses no beat by it', () => {
      const { slots, logs } = hearts(3 * SLOT_TICKS + 5, (tick) => [
        `Q ${tick % 9 === 4 ? BUSY : 0}`,
        beat(tick),
      ]);
      expect(slots.map(([rate]) => rate)).toEqual([75, 75, 75]);
      expect(slots.reduce((sum, [, beats]) => sum + beats!, 0)).toBe(7);
      expect(logs).toEqual([]);
    });

    it('sets a hub up anew that answers with an error, and tells nothing of that slot', () => {
      const { slots, logs } = hearts(3 * SLOT_TICKS + 5, (tick) => [
        `Q ${tick === 150 ? BROKEN : 0}`,
        beat(tick),
      ]);
      expect(slots).toEqual([
        [75, 2, 0],
        [0, 0, 0],
        [75, 2, 0],
      ]);
      expect(logs).toEqual([7, 8]);
    });

    it('sets a hub up anew that holds more reports than come between two reads', () => {
      const { slots, logs } = hearts(3 * SLOT_TICKS + 5, (tick) =>
        tick === 150 ? new Array(10).fill('H 9000') : [beat(tick)],
      );
      expect(slots).toEqual([
        [75, 2, 0],
        [0, 0, 0],
        [75, 2, 0],
      ]);
      expect(logs).toEqual([7, 8]);
    });
  },
);

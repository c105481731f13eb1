import { decodeFrame, TRAILER_BYTES } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import type { DownMessage } from '../link/down-message.ts';
import { Board } from './board.ts';
import { CYCLES_PER_MS } from './chip.ts';
import { Eeprom } from './eeprom.ts';
import { DEVICE, motion } from './wearable.fixture.ts';
import { EPOCH_MS, WEARABLE } from './wearable-agreement.fixture.ts';
import { settingsInEeprom } from './wearable-settings.ts';

const SLOT_MS = 100;
const LOG_RING_LOST = 6;

/** A tick in which the ring is moved, when in it the chip works, and what the modem says after it. */
interface Moment {
  what: string;
  mode: 'features' | 'raw';
  tick: number;
  fromMs: number;
  toMs: number;
  said?: DownMessage;
}
const MOMENTS: readonly Moment[] = [
  { what: 'a slot that ends, and drops the oldest', mode: 'features', tick: 69, fromMs: 0, toMs: 6 },
  { what: 'a raw chunk that ends, and drops the oldest', mode: 'raw', tick: 149, fromMs: 0, toMs: 6 },
  {
    what: 'an acknowledgement of some that are held',
    mode: 'features',
    tick: 71,
    fromMs: 10,
    toMs: 13,
    said: { type: 'acknowledged', boot: 0, seq: 5 },
  },
];
const CUTS = process.env.GAITWAY_TEST === 'full' ? 400 : 15;

/** A device that held all it can when its supply dipped, so many cycles after the beginning of the moment's tick. */
function lifeWithCut({ mode, tick: cutTick, said }: Moment, cutCycles: number) {
  const frames = new Map<string, Set<string>>();
  const logs: number[] = [];
  const damaged: string[] = [];
  let tickCycle = 0;
  let isCut = false;
  let afterCut = 0;
  const board: Board = new Board({
    program: WEARABLE,
    samples: motion(3),
    eeprom: new Eeprom(settingsInEeprom({ device: DEVICE, slotMs: SLOT_MS, mode })),
    hooks: {
      onTick: (_, atCycle) => {
        tickCycle = atCycle;
      },
      onFrame: (_flight, bytes) => {
        const frame = decodeFrame(bytes);
        if (typeof frame === 'string') throw new Error(`tick ${board.tick}: not a frame: ${frame}`);
        const name = `${frame.boot}:${frame.seq}`;
        const fixed = Buffer.from(bytes.subarray(0, -TRAILER_BYTES)).toString('hex');
        frames.set(name, (frames.get(name) ?? new Set()).add(fixed));
        if (isCut && frame.boot === 0) afterCut += 1;
        if (isCut) board.deliver({ type: 'acknowledged', boot: frame.boot, seq: frame.seq }, board.tick + 2);
      },
      onLog: (code) => logs.push(code),
      onDamaged: (_, says) => damaged.push(says),
    },
  });
  const say = (message: DownMessage, afterTick: number): void => board.deliver(message, afterTick);
  say({ type: 'timeSync', epochMs: EPOCH_MS }, 2);
  say({ type: 'linkUp' }, cutTick - 3);
  if (said !== undefined) say(said, cutTick);
  board.runToTick(cutTick - 1);
  while (board.tick < cutTick) board.runToCycle(board.cycle + CYCLES_PER_MS / 100);
  board.runToCycle(tickCycle + cutCycles);
  isCut = true;
  board.restart('brownOut');
  const from = board.tick;
  say({ type: 'timeSync', epochMs: EPOCH_MS + 60_000 }, from + 3);
  say({ type: 'linkUp' }, from + 4);
  board.runToTick(from + 60);
  return { frames, isRingLost: logs.includes(LOG_RING_LOST), damaged, afterCut };
}

describe('a brown-out at any moment', () => {
  it.each(MOMENTS)(
    'leaves whole frames, each as it was before, or none of them and a log: $what',
    (moment) => {
      let kept = 0;
      let lost = 0;
      const { fromMs, toMs } = moment;
      for (let i = 0; i < CUTS; i++) {
        const cutCycles = Math.round((fromMs + ((toMs - fromMs) * i) / CUTS) * CYCLES_PER_MS);
        const { frames, isRingLost, damaged, afterCut } = lifeWithCut(moment, cutCycles);
        expect(damaged).toEqual([]);
        for (const [name, bytes] of frames) expect([name, bytes.size]).toEqual([name, 1]);
        if (isRingLost) lost += 1;
        else kept += 1;
        expect(afterCut > 0).toBe(!isRingLost);
        expect([...frames.keys()].some((name) => name.startsWith('1:'))).toBe(true);
      }
      // Moving takes a millisecond at most; whoever cuts there loses the ring.
      expect(kept).toBeGreaterThan(CUTS / 2);
      expect(lost).toBeGreaterThan(0);
    },
  );
});

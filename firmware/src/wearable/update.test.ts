import { decodeFrame, FrameKind } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { Board } from '../board/board.ts';
import { image, motion } from '../board/wearable.fixture.ts';

const SECOND = 50;

describe('an update of the program', () => {
  it('keeps the frames that the device holds: another program finds them where the old one left them', () => {
    const sent: string[] = [];
    const board = new Board({
      program: image('wearable'),
      samples: motion(4),
      hooks: {
        onFrame: (flight, bytes) => {
          const frame = decodeFrame(bytes);
          if (typeof frame === 'string') throw new Error(frame);
          sent.push(`${flight} ${frame.kind} ${frame.boot}:${frame.seq}`);
          const { boot, seq } = frame;
          board.deliver({ type: 'acknowledged', boot, seq }, board.tick + 2);
        },
      },
    });
    board.deliver({ type: 'timeSync', epochMs: 1_700_000_000_000 }, 3);
    board.runToTick(12 * SECOND);
    board.restart('external', image('wearable-test'));
    board.runToTick(13 * SECOND);
    board.deliver({ type: 'timeSync', epochMs: 1_700_000_013_000 }, 13 * SECOND + 1);
    board.deliver({ type: 'linkUp' }, 13 * SECOND + 1);
    board.runToTick(14 * SECOND);
    const { boot, features } = FrameKind;
    expect(sent).toEqual([`1 ${boot} 0:0`, `2 ${features} 0:1`, `3 ${features} 0:2`, `4 ${boot} 1:0`]);
  });
});

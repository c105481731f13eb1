import { describe, expect, it } from 'vitest';
import { image, type Play, playOnBoard, playOnTwin } from '../board/wearable.fixture.ts';
import { sampleOf } from './trace.fixture.ts';

const TRACES = process.env.GAITWAY_TEST === 'full' ? 20 : 6;

describe('the arithmetic of the chip, which multiplies in assembler', () => {
  it.each(Array.from({ length: TRACES }, (_, i) => i + 1))(
    'gives the features of the twin for noise, rails and gaps (seed %i)',
    (seed) => {
      const play: Play = {
        program: image('wearable'),
        ticks: 1500,
        settings: { slotMs: [1000, 5000, 500][seed % 3]!, accelRange: seed % 4 },
        samples: (sampleNumber, into) => {
          into.set(sampleOf(seed, sampleNumber));
          return (sampleNumber * 7 + seed) % 211 > 3;
        },
        script: [
          { afterTick: 2, message: { type: 'linkUp' } },
          { afterTick: 3, message: { type: 'timeSync', epochMs: 1_700_000_000_000 } },
        ],
        answer: ({ frame }) => [
          { message: { type: 'acknowledged', boot: frame.boot, seq: frame.seq }, ticksLater: 2 },
        ],
      };
      const onBoard = playOnBoard(play);
      expect(playOnTwin(play, onBoard).map(({ hex }) => hex)).toEqual(onBoard.sent.map(({ hex }) => hex));
      expect(onBoard.sent.length).toBeGreaterThan(5);
    },
  );
});

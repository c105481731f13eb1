import { FrameFlag, FrameKind, HEADER_BYTES, ResetCause, readBoot } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import type { DownMessage } from '../link/down-message.ts';
import { answerMessage, drawn, motion, type Play, playOnBoard, type Said } from './wearable.fixture.ts';
import { agree, EPOCH_MS, honest, SECOND, TEST_BUILD, UP, WEARABLE } from './wearable-agreement.fixture.ts';

describe('the wearable on the board, when something fails', () => {
  it('closes its slots by ticks when the sensor does not answer, or its bus is stuck', () => {
    const samples = motion(7);
    const missing = (sampleNumber: number): boolean =>
      (sampleNumber >= 130 && sampleNumber < 140) ||
      (sampleNumber >= 480 && sampleNumber < 1100) ||
      (sampleNumber > 1300 && drawn(7, sampleNumber) % 4 === 0);
    const busIsStuck = (sampleNumber: number): boolean => sampleNumber >= 700 && sampleNumber < 720;
    const play: Play = {
      program: WEARABLE,
      ticks: 40 * SECOND,
      samples: (sampleNumber, into) => !missing(sampleNumber) && samples(sampleNumber, into),
      script: UP,
      answer: honest(),
      board: { busIsStuck },
    };
    const { sent } = agree(play);
    const gaps = sent.filter(({ frame }) => (frame.flags & FrameFlag.gap) !== 0);
    expect(gaps.length).toBeGreaterThanOrEqual(6);
  });

  it('reports a watchdog reset, keeps what it held, and begins anew at 0 of the next boot', () => {
    const script: Said[] = [
      ...UP,
      { afterTick: 11 * SECOND, message: { type: 'linkDown' } },
      { afterTick: 22 * SECOND, message: { type: 'hang' } },
      { afterTick: 30 * SECOND, message: { type: 'timeSync', epochMs: EPOCH_MS + 60_000 } },
      { afterTick: 31 * SECOND, message: { type: 'linkUp' } },
    ];
    const play = { program: TEST_BUILD, ticks: 45 * SECOND, samples: motion(8), script, answer: honest() };
    const { sent, resets } = agree(play);
    expect(resets).toEqual([{ cause: ResetCause.watchdog, tick: 22 * SECOND }]);
    const report = sent.find(({ frame }) => frame.boot === 1)!;
    expect(report.frame).toMatchObject({ kind: FrameKind.boot, seq: 0 });
    expect(readBoot(Buffer.from(report.hex, 'hex'), HEADER_BYTES)).toMatchObject({
      resetCause: ResetCause.watchdog,
      ringFrames: 12,
      droppedFrames: 0,
    });
    const before = sent.filter(({ frame }) => frame.boot === 0).map(({ frame }) => frame.seq);
    expect(before).toEqual([0, 1, 2, 3, 4]);
  });

  it('keeps what it held over a brown-out, whenever it comes', () => {
    for (const at of [3 * SECOND + 7, 10 * SECOND - 1, 10 * SECOND]) {
      const script: Said[] = [
        ...UP,
        { afterTick: 6 * SECOND, message: { type: 'linkDown' } },
        { afterTick: at + 5, message: { type: 'timeSync', epochMs: EPOCH_MS + 20_000 } },
        { afterTick: 13 * SECOND, message: { type: 'linkUp' } },
      ];
      const ticks = 20 * SECOND;
      const { sent } = agree({
        program: WEARABLE,
        ticks,
        samples: motion(at),
        script,
        answer: honest(),
        brownOutAfter: at,
      });
      expect(sent.filter(({ frame }) => frame.boot === 1).length).toBeGreaterThan(1);
    }
  });

  it('bears a storm of commands, at the limit of what a tick has room for', () => {
    const storm = (tick: number): DownMessage[] =>
      Array.from({ length: 1 + (drawn(14, tick) % 4) }, (_, i): DownMessage => {
        const draw = drawn(14, tick, i);
        switch (draw % 8) {
          case 0:
            return { type: 'linkUp' };
          case 1:
            return draw % 3 === 0 ? { type: 'linkDown' } : { type: 'identify' };
          case 2:
            return { type: 'acknowledged', boot: 0, seq: (draw >>> 8) % 40 };
          case 3:
            return { type: 'rejected', flight: (draw >>> 8) & 7, device: draw % 2 === 0 ? 'drop' : 'later' };
          case 4:
            return { type: 'timeSync', epochMs: EPOCH_MS + tick * 20 };
          case 5:
            return { type: 'rate', slotMs: 500 + 20 * ((draw >>> 8) % 200) };
          case 6:
            return { type: 'button' };
          default:
            return { type: 'updateOffer', firmware: draw & 0xffff, hash: draw };
        }
      });
    const script: Said[] = [...UP];
    for (let tick = 10; tick < 40 * SECOND; tick += 1 + (drawn(14, tick, 99) % 40)) {
      for (const message of storm(tick)) script.push({ afterTick: tick, message });
    }
    const { sent } = agree({ program: WEARABLE, ticks: 41 * SECOND, samples: motion(14), script });
    expect(sent.length).toBeGreaterThan(25);
  });

  it('goes on at 0 of the next boot after the last number', () => {
    const script: Said[] = [...UP, { afterTick: 60, message: { type: 'nextSeq', seq: 0xffff_fffe } }];
    const { sent } = agree({
      program: TEST_BUILD,
      ticks: 25 * SECOND,
      samples: motion(9),
      script,
      answer: ({ frame, flight }) => [
        { message: answerMessage({ boot: frame.boot, seq: frame.seq }, flight), ticksLater: 2 },
      ],
    });
    expect(sent.map(({ frame }) => `${frame.boot}:${frame.seq}`)).toEqual([
      '0:0',
      '0:4294967294',
      '0:4294967295',
      '1:0',
      '1:1',
      '1:2',
    ]);
  });

  it('loses its frames in a power cycle and counts one more start', () => {
    const { board, sent } = playOnBoard({ program: WEARABLE, ticks: 12 * SECOND, samples: motion(10) });
    expect(sent).toEqual([]);
    board.restart('powerOn');
    for (const { message, afterTick } of UP) board.deliver(message, 12 * SECOND + afterTick);
    board.runToTick(18 * SECOND);
    expect(sent[0]!.frame).toMatchObject({ kind: FrameKind.boot, boot: 1, seq: 0 });
    expect(readBoot(Buffer.from(sent[0]!.hex, 'hex'), HEADER_BYTES)).toMatchObject({
      resetCause: ResetCause.powerOn,
      droppedFrames: 0,
    });
  });

  it('ignores noise on the line', () => {
    const { board, sent } = playOnBoard({ program: WEARABLE, ticks: 10, samples: motion(12), script: UP });
    for (let tick = 10; tick < 300; tick++) {
      const noise = Uint8Array.from({ length: drawn(12, tick) % 30 }, (_, i) => drawn(12, tick, i) & 0xff);
      board.deliverBytes(noise, tick);
    }
    board.deliverBytes(Uint8Array.of(0), 300);
    board.deliver({ type: 'acknowledged', boot: 0, seq: 0 }, 300);
    board.runToTick(310);
    expect(sent[sent.length - 1]!.frame).toMatchObject({ seq: 1, oldestHeldSeq: 1 });
  });
});

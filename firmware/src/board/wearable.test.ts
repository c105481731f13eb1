import { FrameFlag, FrameKind, HEADER_BYTES, RAW_SAMPLES_PER_CHUNK } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import type { DownMessage } from '../link/down-message.ts';
import { HonestServer } from '../twin/honest-server.fixture.ts';
import { foreignVectors } from './intel-hex.ts';
import { SleepMode } from './sleep.ts';
import { answerMessage, DEVICE, motion, type Play, playOnBoard, type Said } from './wearable.fixture.ts';
import {
  agree,
  EPOCH_MS,
  honest,
  lines,
  SECOND,
  TEST_BUILD,
  UP,
  WEARABLE,
} from './wearable-agreement.fixture.ts';

describe('the wearable on the board', () => {
  it('is a program for this chip', () => {
    expect([foreignVectors(WEARABLE), foreignVectors(TEST_BUILD)]).toEqual([undefined, undefined]);
  });

  it('sends what the twin sends: a minute with an honest server', () => {
    const play = {
      program: WEARABLE,
      ticks: 60 * SECOND + 5,
      samples: motion(1),
      script: UP,
      answer: honest(),
    };
    const { sent, board } = agree(play);
    expect(sent.map(({ frame }) => frame.kind)).toEqual([
      FrameKind.boot,
      ...new Array(12).fill(FrameKind.features),
    ]);
    expect(sent[0]!.frame).toMatchObject({
      device: DEVICE,
      boot: 0,
      seq: 0,
      startMs: EPOCH_MS - 80,
      flags: 16,
    });
    expect(sent[1]!.frame).toMatchObject({ seq: 1, startMs: EPOCH_MS - 80, flags: 0 });
    expect(sent[12]!.frame).toMatchObject({ seq: 12, startMs: EPOCH_MS - 80 + 55_000 });
    expect(board.activeCycles / board.cycle).toBeLessThan(0.2);
  });

  it('holds its frames while the link is down, drops the oldest, and sends the rest when it returns', () => {
    const script: Said[] = [
      ...UP,
      { afterTick: 11 * SECOND, message: { type: 'linkDown' } },
      { afterTick: 100 * SECOND, message: { type: 'linkUp' } },
    ];
    const { sent } = agree({
      program: WEARABLE,
      ticks: 110 * SECOND,
      samples: motion(2),
      script,
      answer: honest(),
    });
    const backfill = sent.filter(({ frame }) => (frame.flags & FrameFlag.backfill) !== 0);
    expect(backfill).toHaveLength(1 + 12);
    expect(backfill[1]!.frame).toMatchObject({ seq: 9, oldestHeldSeq: 9 });
  });

  it('sends again what is not acknowledged, after the same delays, equal but for the trailer', () => {
    const server = new HonestServer();
    const answer: Play['answer'] = ({ hex, flight }, index) => {
      const message = answerMessage(server.receive(Buffer.from(hex, 'hex')), flight);
      // Of the first transmissions none is heard back: 3, 4, 6, 10, 18, 18 s.
      return index < 7 || index % 4 === 0 ? [] : [{ message, ticksLater: 1 + (index % 5) }];
    };
    const { sent } = agree({
      program: WEARABLE,
      ticks: 150 * SECOND,
      samples: motion(3),
      script: UP,
      answer,
    });
    const waits = sent.slice(1, 7).map(({ tick }, i) => (tick - sent[i]!.tick) / SECOND);
    expect(waits).toEqual([3, 4, 6, 10, 18, 18]);
  });

  it('does what a reject says, and ignores one of an earlier flight', () => {
    const server = new HonestServer();
    const answer: Play['answer'] = ({ hex, flight }, index) => {
      const reject = (of: number, device: 'drop' | 'later', retryAfterMs?: number): DownMessage => ({
        type: 'rejected',
        flight: of,
        device,
        retryAfterMs,
      });
      const late = { message: reject((flight - 1) & 0xff, 'drop'), ticksLater: 1 };
      switch (index % 5) {
        case 0:
          return [late, { message: reject(flight, 'later', 310), ticksLater: 2 }];
        case 2:
          return [{ message: reject(flight, 'drop'), ticksLater: 2 }];
        case 3:
          return [{ message: reject(flight, 'later'), ticksLater: 2 }];
        default:
          return [{ message: answerMessage(server.receive(Buffer.from(hex, 'hex')), flight), ticksLater: 2 }];
      }
    };
    agree({ program: WEARABLE, ticks: 90 * SECOND, samples: motion(4), script: UP, answer });
  });

  it('waits for the time, and then tells the true start of what it held', () => {
    const script: Said[] = [
      { afterTick: 1, message: { type: 'linkUp' } },
      { afterTick: 17 * SECOND, message: { type: 'timeSync', epochMs: EPOCH_MS } },
      { afterTick: 31 * SECOND, message: { type: 'timeSync', epochMs: EPOCH_MS + 14_100 } },
    ];
    const { sent } = agree({
      program: WEARABLE,
      ticks: 45 * SECOND,
      samples: motion(5),
      script,
      answer: honest(),
    });
    expect(sent[0]!.tick).toBe(17 * SECOND);
    expect(sent.every(({ frame }) => (frame.flags & FrameFlag.clockNotSynced) === 0)).toBe(true);
  });

  it('changes its rate at the next slot, and sends a pressed button at once', () => {
    const script: Said[] = [
      ...UP,
      { afterTick: 7 * SECOND, message: { type: 'rate', slotMs: 1000 } },
      { afterTick: 620, message: { type: 'button' } },
      { afterTick: 14 * SECOND, message: { type: 'rate', slotMs: 6000 } },
      { afterTick: 15 * SECOND, message: { type: 'identify' } },
      { afterTick: 15 * SECOND, message: { type: 'updateOffer', firmware: 0x1001, hash: 1 } },
    ];
    const { sent, logs } = agree({
      program: WEARABLE,
      ticks: 40 * SECOND,
      samples: motion(6),
      script,
      answer: honest(),
    });
    const slots = new Set(sent.map(({ frame }) => frame.slotMs));
    expect(slots).toEqual(new Set([0, 5000, 1000, 6000]));
    expect(sent.find(({ frame }) => frame.kind === FrameKind.event)!.tick).toBe(620);
    expect(logs).toHaveLength(3);
  });

  it('sends raw samples in chunks of half a second, after the reading in which it was told to', () => {
    const samples = motion(11);
    const script: Said[] = [...UP, { afterTick: 100, message: { type: 'mode', mode: 'raw' } }];
    const { sent, damaged } = playOnBoard({
      program: WEARABLE,
      ticks: 500,
      samples,
      script,
      answer: honest(2),
    });
    const chunks = sent.filter(({ frame }) => frame.kind === FrameKind.rawChunk);
    expect(damaged).toEqual([]);
    expect(chunks.map(({ frame }) => frame.seq)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const expected = new Int16Array(6);
    for (const [index, { hex }] of chunks.entries()) {
      const bytes = Buffer.from(hex, 'hex');
      expect([bytes[HEADER_BYTES], bytes[HEADER_BYTES + 1]]).toEqual([index, RAW_SAMPLES_PER_CHUNK]);
      for (let i = 0; i < RAW_SAMPLES_PER_CHUNK; i++) {
        samples(250 + index * RAW_SAMPLES_PER_CHUNK + i, expected);
        const at = HEADER_BYTES + 2 + 12 * i;
        expect([0, 2, 4, 6, 8, 10].map((byte) => bytes.readInt16LE(at + byte))).toEqual([...expected]);
      }
    }
  });

  it('sends the same in every way to sleep', () => {
    const of = (sleep: SleepMode) => {
      const samples = motion(13);
      const settings = { slotMs: 1000 };
      const play = { program: WEARABLE, ticks: 160, samples, script: UP, settings, answer: honest() };
      return lines(playOnBoard({ ...play, board: { sleep } }).sent);
    };
    const skip = of(SleepMode.skip);
    expect(skip.length).toBe(4);
    for (const mode of Object.values(SleepMode)) expect(of(mode)).toEqual(skip);
  });
});

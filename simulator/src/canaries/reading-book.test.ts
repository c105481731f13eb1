import { beginFrame, FrameKind, sealFrame, stampFrame } from '@gaitway/contract';
import type { HeldFrame } from '@gaitway/firmware';
import { describe, expect, it } from 'vitest';
import { ReadingBook } from './reading-book.ts';

const DEVICE = 4;
const NEVER = Number.POSITIVE_INFINITY;

function frameOf(
  boot: number,
  seq: number,
  startMs: number,
  kind: FrameKind = FrameKind.features,
): Uint8Array {
  const bytes = beginFrame({
    ...{ kind, device: DEVICE, boot, seq, startMs, slotMs: 5000 },
    ...{ flags: 0, placement: 1, accelRange: 2, gyroRange: 2, firmware: 0x1000, batteryMv: 3700 },
  });
  stampFrame(bytes, sealFrame(bytes), seq);
  return bytes;
}

function book() {
  const told: string[] = [];
  const name = ({ boot, seq, dueMs }: HeldFrame) =>
    `${dueMs} (${seq > 0xffff ? 'never seen' : `${boot}:${seq}`})`;
  const one = new ReadingBook(DEVICE, {
    made: ({ dueMs }) => told.push(`made ${dueMs}`),
    firstSent: (reading) => told.push(`sent ${name(reading)}`),
    sentAgain: () => told.push('sent again'),
    resolved: (reading, outcome) =>
      told.push(`${outcome} ${name(reading)}${reading.firstSentMs < 0 ? ' unsent' : ''}`),
  });
  const all = {
    due: (dueMs: number) => one.due({ startMs: dueMs - 5000, dueMs, slotMs: 5000, raw: false }),
    frame: (boot: number, seq: number, dueMs: number, endMs = NEVER) => {
      let put = false;
      one.frame(frameOf(boot, seq, dueMs - 5000), 9, endMs, () => {
        put = true;
      });
      return put;
    },
    one,
    /** What was told since the last time. */
    news: () => told.splice(0),
  };
  return all;
}

describe('the book of a canary', () => {
  it('follows a reading from when it is due to its acknowledgement, and knows a repeated frame', () => {
    const { due, frame, one, news } = book();
    due(5000);
    expect(frame(1, 1, 5000)).toBe(true);
    frame(1, 1, 5000);
    one.acknowledged(1, 1);
    // The acknowledgement did not reach the chip.
    frame(1, 1, 5000);
    expect(news()).toEqual([
      'made 5000',
      'sent 5000 (1:1)',
      'sent again',
      'acknowledged 5000 (1:1)',
      'sent again',
    ]);
    expect(one.waiting).toBe(0);
  });

  it('takes what is open for dropped when the chip sends a frame of a slot after the end of the run', () => {
    const { due, frame, one, news } = book();
    for (const dueMs of [5000, 10_000]) due(dueMs);
    frame(1, 1, 5000);
    news();
    expect(frame(1, 9, 15_000, 15_000)).toBe(false);
    expect(news()).toEqual(['dropped 5000 (1:1)', 'dropped 10000 (never seen) unsent']);
    expect(one.waiting).toBe(0);
  });

  it('takes what lies before a sent frame, and was not acknowledged, for dropped: seen or not', () => {
    const { due, frame, news } = book();
    for (const dueMs of [5000, 10_000, 15_000, 20_000]) due(dueMs);
    frame(1, 1, 5000);
    news();
    frame(1, 4, 20_000);
    expect(news()).toEqual([
      'dropped 5000 (1:1)',
      'dropped 10000 (never seen) unsent',
      'dropped 15000 (never seen) unsent',
      'sent 20000 (1:4)',
    ]);
  });

  it('covers by an acknowledgement what is of its boot and was sent, and no more', () => {
    const { due, frame, one, news } = book();
    due(5000);
    frame(7, 3, 5000);
    news();
    one.acknowledged(6, 9);
    one.acknowledged(7, 2);
    due(10_000);
    expect(news()).toEqual(['made 10000']);
    one.acknowledged(7, 9);
    expect(news()).toEqual(['acknowledged 5000 (7:3)']);
  });

  it('knows that boot 0 comes after 65535', () => {
    const { due, frame, news } = book();
    due(5000);
    frame(0xffff, 8, 5000);
    due(10_000);
    news();
    frame(0, 1, 10_000);
    expect(news()).toEqual(['dropped 5000 (65535:8)', 'sent 10000 (0:1)']);
  });

  it('notes a refusal of the frame that was sent last, once', () => {
    const { due, frame, one, news } = book();
    due(5000);
    frame(1, 1, 5000);
    news();
    one.refused();
    one.refused();
    expect(news()).toEqual(['refused 5000 (1:1)']);
  });

  it('puts events and boot reports on the connection without a word', () => {
    const { one, news } = book();
    let puts = 0;
    for (const kind of [FrameKind.boot, FrameKind.event])
      one.frame(frameOf(1, 0, 0, kind), 1, 0, () => puts++);
    one.frame(Uint8Array.of(1, 2, 3), 1, 0, () => puts++);
    expect([puts, news()]).toEqual([3, []]);
  });

  it('holds back a reading that is due when the run is over', () => {
    const { frame, news } = book();
    expect(frame(1, 1, 5000, 5000)).toBe(false);
    expect(frame(1, 1, 5000, 5001)).toBe(true);
    expect(news().slice(0, 1)).toEqual(['made 5000']);
  });

  it('finds a reading again whose chip knew the time only about', () => {
    const { due, frame, news } = book();
    due(5000);
    due(10_000);
    news();
    frame(1, 1, 6200);
    expect(news()).toEqual(['sent 5000 (1:1)']);
  });

  it('leaves unacknowledged what is left at the end', () => {
    const { due, frame, one, news } = book();
    due(5000);
    due(10_000);
    frame(1, 1, 5000);
    news();
    one.finish();
    expect(news()).toEqual(['unacknowledged 5000 (1:1)', 'unacknowledged 10000 (never seen) unsent']);
  });
});

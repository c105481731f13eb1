import { EventEmitter } from 'node:events';
import type { LatestReading } from '@gaitway/contract';
import type { Socket } from 'socket.io';
import { describe, expect, it } from 'vitest';
import { ViewerSession } from './viewer-session.ts';

/** A connection of which the test says when it has emptied. */
function slowConnection(queuePacketsMax: number) {
  const conn = Object.assign(new EventEmitter(), { writeBuffer: [] as unknown[] });
  const sent: [event: string, value: { patient: string; seq: number; dropped: number }][] = [];
  const socket = {
    conn,
    emit: (event: string, value: never) => {
      conn.writeBuffer.push(value);
      sent.push([event, value]);
    },
  } as unknown as Socket;
  const counted = { slow: 0, dropped: 0, waitingMost: 0 };
  const session = new ViewerSession(socket, {
    queuePacketsMax,
    onSlow: () => counted.slow++,
    onDropped: (count) => {
      counted.dropped += count;
    },
  });
  const read = (patient: number, seq: number) => {
    const reading = { patient: `p${patient}`, seq } as LatestReading;
    session.deliver({ kind: 'reading', patient: `p${patient}`, ward: 'w', reading });
    counted.waitingMost = Math.max(counted.waitingMost, conn.writeBuffer.length);
  };
  const empty = () => {
    conn.writeBuffer.length = 0;
    conn.emit('drain');
    counted.waitingMost = Math.max(counted.waitingMost, conn.writeBuffer.length);
  };
  return { session, sent, counted, read, empty };
}

describe('the way out to one viewer', () => {
  it('holds a bounded number of packets and updates, whatever comes', () => {
    const { sent, counted, read, empty } = slowConnection(10);
    for (let seq = 0; seq < 50; seq++) for (let patient = 0; patient < 6000; patient++) read(patient, seq);
    expect(sent).toHaveLength(10);
    expect(counted.slow).toBe(1);
    expect(counted.dropped).toBe(50 * 6000 - 10 - 5000);
    while (sent.length < 10 + 1 + 5000) empty();
    empty();
    expect(counted.waitingMost).toBe(10);
    expect(sent[10]).toEqual(['slow', { dropped: counted.dropped }]);
    const newest = sent.slice(11);
    expect(new Set(newest.map(([, { patient }]) => patient)).size).toBe(5000);
    expect(newest.every(([event, { seq }]) => event === 'reading' && seq === 49)).toBe(true);
  });

  it('spreads out a burst of many patients without calling the viewer slow', () => {
    const { sent, counted, read, empty } = slowConnection(10);
    for (let patient = 0; patient < 35; patient++) read(patient, 1);
    for (let i = 0; i < 4; i++) empty();
    expect(sent.map(([event, { patient }]) => `${event} ${patient}`)).toEqual(
      Array.from({ length: 35 }, (_, patient) => `reading p${patient}`),
    );
    expect(counted).toEqual({ slow: 0, dropped: 0, waitingMost: 10 });
  });

  it('tells of every gap before the first update after it', () => {
    const { sent, read, empty } = slowConnection(1);
    for (const seq of [1, 2, 3, 4]) read(1, seq);
    empty();
    for (const seq of [5, 6]) read(1, seq);
    for (let i = 0; i < 3; i++) empty();
    read(1, 7);
    expect(sent.map(([event, { seq, dropped }]) => [event, seq ?? dropped])).toEqual([
      ['reading', 1],
      ['slow', 2],
      ['reading', 4],
      ['slow', 1],
      ['reading', 6],
      ['reading', 7],
    ]);
  });

  it('leaves out what the archive holds while the viewer is behind', () => {
    const { session, read, empty } = slowConnection(1);
    expect(session.deliverNewest([])).toBe(true);
    read(1, 1);
    expect(session.deliverNewest([])).toBe(false);
    empty();
    expect(session.deliverNewest([])).toBe(false);
    empty();
    expect(session.deliverNewest([])).toBe(true);
  });
});

import { REJECT_REASONS, type RejectReason } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { encodeDown, sealMessage } from '../link/down-message.ts';
import { UpReader } from '../link/up-reader.ts';
import { LogCode, Modem } from './modem.ts';

const FRAME = Uint8Array.of(1, 2, 0, 3);

/** A modem whose connection numbers its messages 100, 101, ... */
function modem() {
  const sent: { bytes: Uint8Array; flight: number }[] = [];
  const logs: number[] = [];
  const one = new Modem({
    send: (bytes, flight) => 99 + sent.push({ bytes, flight }),
    log: (code) => logs.push(code),
  });
  const chip = {
    frame: (flight: number) => one.heard({ type: 'frame', flight, bytes: FRAME }),
    log: (code: number, value = 0) => one.heard({ type: 'log', code, value }),
  };
  return { one, chip, sent, logs, told: (epochMs = 7) => one.toChip(epochMs) };
}

function connected() {
  const all = modem();
  all.one.linkUp();
  all.told();
  return all;
}

describe('the modem', () => {
  it('says that the link is up, and the time of the tick, after each connection', () => {
    const { one, told } = modem();
    expect(told()).toEqual([]);
    for (const epochMs of [5, 6]) {
      one.linkUp();
      expect(told(epochMs)).toEqual([{ type: 'linkUp' }, { type: 'timeSync', epochMs }]);
      one.linkDown();
      expect(told()).toEqual([{ type: 'linkDown' }]);
    }
  });

  it('says link and time again to a chip that started, and no time before it knows one', () => {
    const { one, chip, logs, told } = modem();
    chip.log(LogCode.started, 3);
    expect(told()).toEqual([]);
    one.linkUp();
    told();
    chip.log(LogCode.started, 4);
    expect(told(9)).toEqual([{ type: 'linkUp' }, { type: 'timeSync', epochMs: 9 }]);
    one.linkDown();
    told();
    chip.log(LogCode.started, 5);
    expect(told(10)).toEqual([{ type: 'timeSync', epochMs: 10 }]);
    expect(logs).toEqual([1, 1, 1]);
  });

  it('sends frames while the link is up, and none that a chip sends which does not know yet that it is down', () => {
    const { one, chip, sent } = connected();
    chip.frame(1);
    one.linkDown();
    chip.frame(2);
    expect(sent).toEqual([{ bytes: FRAME, flight: 1 }]);
  });

  it('passes on acknowledgements, however late', () => {
    const { one, chip, told } = connected();
    chip.frame(1);
    chip.frame(2);
    one.answered(100, { boot: 4, seq: 8 });
    expect(told()).toEqual([{ type: 'acknowledged', boot: 4, seq: 8 }]);
    one.answered(100, { boot: 4, seq: 8 });
    expect(told()).toHaveLength(1);
  });

  it.each(Object.keys(REJECT_REASONS) as RejectReason[])(
    'names the flight with a reject %s, and what the device does',
    (reject) => {
      const { one, chip, told } = connected();
      chip.frame(0xfe);
      one.answered(100, { reject, retryAfterMs: 300 });
      const { device } = REJECT_REASONS[reject];
      expect(told()).toEqual([{ type: 'rejected', flight: 0xfe, device, retryAfterMs: 300 }]);
    },
  );

  it('keeps a reject of an earlier transmission to itself', () => {
    const { one, chip, told } = connected();
    chip.frame(1);
    chip.frame(2);
    one.answered(100, { reject: 'future' });
    expect(told()).toEqual([]);
    one.answered(101, { reject: 'busy' });
    expect(told()).toMatchObject([{ flight: 2, device: 'later' }]);
  });

  it.each([
    ['the chip started anew', ({ chip }: ReturnType<typeof modem>) => chip.log(LogCode.started, 1)],
    ['the link was lost', ({ one }: ReturnType<typeof modem>) => one.linkDown()],
    ['the link came up anew', ({ one }: ReturnType<typeof modem>) => one.linkUp()],
  ])(
    'forgets the frame in flight when %s: a chip without power counts its flights from 0 again',
    (_, happens) => {
      const all = connected();
      const rejects = () => all.told().filter(({ type }) => type === 'rejected');
      all.chip.frame(0);
      // One that waits to be said, and one that comes afterwards.
      all.one.answered(100, { reject: 'future' });
      happens(all);
      expect(rejects()).toEqual([]);
      all.one.answered(100, { reject: 'future' });
      expect(rejects()).toEqual([]);
      all.one.answered(100, { boot: 1, seq: 0 });
      expect(all.told()).toEqual([{ type: 'acknowledged', boot: 1, seq: 0 }]);
    },
  );

  it('hands commands on as the line has them, and keeps to itself what is about the connection', () => {
    const { one, told } = connected();
    one.command({ command: 'rate', slotMs: 1e9 });
    one.command({ command: 'mode', mode: 'raw' });
    one.command({ command: 'reconnect', afterMs: 5 });
    one.command({ command: 'identify' });
    one.command({ command: 'update_offer', firmware: 0x1001, hash: 'deadbeef00112233' });
    expect(told()).toEqual([
      { type: 'rate', slotMs: 65_535 },
      { type: 'mode', mode: 'raw' },
      { type: 'identify' },
      { type: 'updateOffer', firmware: 0x1001, hash: 0xdeadbeef },
    ]);
    one.command({ command: 'time_sync', epochMs: 1 });
    expect(told(77)).toEqual([{ type: 'timeSync', epochMs: 77 }]);
  });

  it('lets pass nothing that would become another number on the line', () => {
    const { one, chip, told } = connected();
    chip.frame(1);
    one.answered(100, { boot: 0x10000, seq: 1 });
    one.answered(100, { boot: 1, seq: 2 ** 32 });
    one.command({ command: 'update_offer', firmware: 0x10000, hash: 'deadbeef' });
    one.command({ command: 'update_offer', firmware: 1, hash: 'not a hash' });
    expect(told()).toEqual([]);
  });

  it('says no more in a row than the chip keeps while it works, and the rest after the next tick', () => {
    const { one, chip, told } = modem();
    chip.frame(1);
    one.linkUp();
    one.command({ command: 'identify' });
    one.command({ command: 'rate', slotMs: 1000 });
    one.command({ command: 'mode', mode: 'raw' });
    expect(told().map(({ type }) => type)).toEqual(['linkUp', 'timeSync', 'identify', 'rate']);
    expect(told().map(({ type }) => type)).toEqual(['mode']);
    const longest = { type: 'updateOffer', firmware: 0xffff, hash: 0xffffffff } as const;
    expect(4 * encodeDown(longest).length).toBeLessThan(63);
  });

  it('does not grow while the chip does not listen, and remembers the newest of each kind', () => {
    const { one, told } = connected();
    for (let i = 0; i < 1000; i++) {
      one.answered(i, { boot: i, seq: 5 });
      one.answered(i, { boot: 1000, seq: (i * 7) % 1000 });
      one.command({ command: 'rate', slotMs: i });
      one.linkDown();
      one.linkUp();
    }
    expect(one.waiting).toBeLessThan(20);
    const all = Array.from({ length: 5 }, () => told()).flat();
    expect(all.filter(({ type }) => type === 'linkUp' || type === 'linkDown')).toEqual([{ type: 'linkUp' }]);
    expect(all).toContainEqual({ type: 'acknowledged', boot: 1000, seq: 999 });
    expect(all).toContainEqual({ type: 'rate', slotMs: 999 });
  });

  it('finds the frames between noise on the line', () => {
    const { one, sent, logs } = connected();
    const reader = new UpReader();
    const noise = Array.from({ length: 700 }, (_, i) => (i * 37 + 11) % 256);
    const line = [
      ...[...noise, 0, ...sealMessage([1, 8, 0, 1, 0])],
      // One bit of it is wrong: no frame, and nothing is answered.
      ...sealMessage([1, 9, 0, 1, 0]).map((value, i) => (i === 3 ? value ^ 4 : value)),
      ...[...noise, 0, ...sealMessage([2, LogCode.sensorLost, 0, 0])],
    ];
    for (const value of line) {
      const message = reader.push(value);
      if (message !== undefined) one.heard(message);
    }
    expect(sent).toEqual([{ bytes: Uint8Array.of(0, 1, 0), flight: 8 }]);
    expect(logs).toEqual([LogCode.sensorLost]);
  });
});

import { describe, expect, it } from 'vitest';
import { MAX32664_ADDRESS, Max32664, type PulseSource } from './max32664.ts';

const RUN = [0x52, 0x07, 0x01];
const COUNT = [0x12, 0x00];
const REPORTS = [0x12, 0x01];
const REPORT_BYTES = 20;

function say(hub: Max32664, command: number[]): boolean {
  return hub.begin(true) && command.every((byte) => hub.write(byte));
}

function hear(hub: Max32664, bytes: number): number[] | undefined {
  return hub.begin(false) ? Array.from({ length: bytes }, () => hub.read()) : undefined;
}

/** Set up as the chip does it. */
function running(source: PulseSource): Max32664 {
  const hub = new Max32664(source);
  for (const command of [[0x10, 0, 2], [0x44, 0, 1, 0], [0x44, 4, 1, 0], RUN]) {
    expect(say(hub, command)).toBe(true);
    expect(hear(hub, 1)).toEqual([0]);
  }
  return hub;
}

function ticks(hub: Max32664, from: number, to: number): void {
  for (let tick = from; tick < to; tick++) hub.tick(tick);
}

/** Heart rate, its confidence, interval, its confidence of each report. */
function reportsIn([status, ...bytes]: number[]): number[][] {
  expect(status).toBe(0);
  return Array.from({ length: bytes.length / REPORT_BYTES }, (_, i) => {
    const [, rateHigh, rateLow, sure, high, low, surely] = bytes.slice(i * REPORT_BYTES);
    return [(rateHigh! << 8) | rateLow!, sure!, (high! << 8) | low!, surely!];
  });
}

describe('the hub for the heart', () => {
  it('reports every other tick, and an interval only where it is new', () => {
    const hub = running((tick) => (tick === 3 ? 8000 : 0));
    ticks(hub, 0, 7);
    say(hub, COUNT);
    expect(hear(hub, 2)).toEqual([0, 3]);
    say(hub, REPORTS);
    expect(reportsIn(hear(hub, 1 + 3 * REPORT_BYTES)!)).toEqual([
      [0, 100, 0, 100],
      [750, 100, 8000, 100],
      [750, 100, 0, 100],
    ]);
  });

  it('keeps the reports that were not read, and gives ones beyond them', () => {
    const hub = running((tick) => 5000 + tick);
    ticks(hub, 0, 6);
    say(hub, REPORTS);
    expect(reportsIn(hear(hub, 1 + REPORT_BYTES)!)[0]![2]).toBe(5001);
    say(hub, COUNT);
    expect(hear(hub, 2)).toEqual([0, 2]);
    say(hub, REPORTS);
    const rest = hear(hub, 2 + 2 * REPORT_BYTES)!;
    expect(reportsIn(rest.slice(0, -1)).map(([, , interval]) => interval)).toEqual([5003, 5005]);
    expect(rest.at(-1)).toBe(0xff);
  });

  it('holds 32 reports, the oldest ones', () => {
    const hub = running((tick) => 1000 + tick);
    ticks(hub, 0, 200);
    say(hub, COUNT);
    expect(hear(hub, 2)).toEqual([0, 32]);
    say(hub, REPORTS);
    expect(reportsIn(hear(hub, 1 + REPORT_BYTES)!)[0]![2]).toBe(1001);
  });

  it('reports nothing before its algorithm runs, and begins anew when it is told so again', () => {
    const hub = new Max32664(() => 8000);
    ticks(hub, 0, 10);
    say(hub, COUNT);
    expect(hear(hub, 2)).toEqual([0, 0]);
    const other = running(() => 8000);
    ticks(other, 0, 5);
    say(other, RUN);
    ticks(other, 5, 6);
    say(other, COUNT);
    expect(hear(other, 2)).toEqual([0, 0]);
  });

  it('does not acknowledge without power, and has forgotten everything behind it', () => {
    const hub = running((tick) => (tick === 6 ? undefined : 8000));
    expect(hub.address).toBe(MAX32664_ADDRESS);
    ticks(hub, 0, 6);
    expect(hub.begin(true)).toBe(true);
    ticks(hub, 6, 7);
    expect([hub.begin(true), hub.begin(false)]).toEqual([false, false]);
    ticks(hub, 7, 20);
    expect(hear(hub, 1)).toEqual([0xff]);
    say(hub, COUNT);
    expect(hear(hub, 2)).toEqual([0, 0]);
  });

  it('says what is wrong with a command', () => {
    const hub = running(() => 0);
    say(hub, [0x77, 0]);
    expect(hear(hub, 1)).toEqual([0x01]);
    say(hub, [0x52, 0x07]);
    expect(hear(hub, 1)).toEqual([0x03]);
  });
});

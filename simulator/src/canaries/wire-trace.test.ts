import { AXES, type DeviceCommand } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { ReadingSource } from '../patients/readings.ts';
import { readFirmware } from './firmware-image.ts';
import { samplesOfSlots } from './slot-samples.ts';
import { type WireEvent, wireTrace } from './wire-trace.ts';

const { program } = readFirmware();
const source = new ReadingSource(3);
const START_MS = 1_767_571_200_000;

function traceOf(ticks: number, commands?: ReadonlyMap<number, DeviceCommand[]>): WireEvent[] {
  const samples = samplesOfSlots((slot) => source.samplesOf(0, slot), 250);
  return [
    ...wireTrace({ ...{ program, samples, ticks, startMs: START_MS }, ...(commands ? { commands } : {}) }),
  ];
}

describe('the trace of the line between chip and modem', () => {
  it('has both ways in order: start, link, time, boot report, its acknowledgement, a reading, its acknowledgement', () => {
    const events = traceOf(260);
    expect(events.map(({ tick, from, type }) => `${tick} ${from} ${type}`)).toEqual([
      '-1 chip log',
      '1 modem linkUp',
      '1 modem timeSync',
      '1 chip frame',
      '2 modem acknowledged',
      '249 chip frame',
      '250 modem acknowledged',
    ]);
    expect(events[2]).toMatchObject({ epochMs: START_MS + 40 });
    expect(events.at(-1)).toMatchObject({ boot: 0, seq: 1 });
  });

  it('has the fields of each frame, and they are those of the samples', () => {
    const frames = traceOf(260).flatMap((event) => (event.type === 'frame' ? [event.frame] : []));
    expect(frames[0]).toMatchObject({
      ...{ kind: 'boot', seq: 0, startMs: START_MS, placement: 'wrist' },
      payload: { resetCause: 1, ringFrames: 12, droppedFrames: 0 },
    });
    expect(frames[1]).toMatchObject({ kind: 'features', seq: 1, startMs: START_MS, slotMs: 5000, flags: [] });
    const samples = source.samplesOf(0, 0);
    const { payload } = frames[1] as { payload: Record<string, number> };
    AXES.forEach((axis, at) => {
      const values = samples.filter((_, i) => i % AXES.length === at);
      expect(payload[`${axis}Min`]).toBe(Math.min(...values));
      expect(payload[`${axis}Max`]).toBe(Math.max(...values));
    });
    expect(payload.sampleCount).toBe(250);
  });

  it('shows commands as they go to the chip, and what it says to them', () => {
    const commands = new Map<number, DeviceCommand[]>([
      [20, [{ command: 'identify' }, { command: 'rate', slotMs: 1000 }]],
    ]);
    const events = traceOf(40, commands);
    expect(events.slice(-3)).toMatchObject([
      { tick: 20, from: 'modem', type: 'identify' },
      { tick: 20, from: 'modem', type: 'rate', slotMs: 1000 },
      { tick: 20, from: 'chip', type: 'log', code: 2 },
    ]);
  });

  it('is the same each time', () => {
    expect(traceOf(260)).toEqual(traceOf(260));
  });
});

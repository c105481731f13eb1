import { EventType, FrameKind, HEADER, HEADER_BYTES, readEvent, readStartMs } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import type { SlotEvent } from '../patients/readings.ts';
import type { Fleet } from './fleet.ts';
import { KeepingServer, runMemoryFleet } from './testing/memory-fleet.ts';

const EVENT = { type: EventType.fall, peak: 9000, min: 900, gyroPeak: 7000, tiltCosine: 300, offsetMs: 80 };
const DECIDED_MS = 400;
const STARTED_MS = 100;
/** Every third slot of every fifth device. */
const eventOf = (index: number, slot: number): SlotEvent | null =>
  index % 5 === 0 && slot % 3 === 1 ? { event: EVENT, startMs: STARTED_MS, decidedMs: DECIDED_MS } : null;

/** Notes when each frame arrived, in the fleet's time. */
class TimingServer extends KeepingServer {
  readonly arrivedMs: number[] = [];
  fleet: Fleet | undefined;

  constructor() {
    super();
    this.answer = (boot, seq) => {
      this.arrivedMs.push(this.fleet!.nowMs());
      return { boot, seq };
    };
  }
}

describe('events of a fleet', () => {
  it('are sent when the device knows them, and no figure of readings counts them', async () => {
    const server = new TimingServer();
    const { ends, ledger } = await runMemoryFleet({
      ...{ devices: 10, server, eventOf },
      at: [[0, ([fleet]) => Object.assign(server, { fleet })]],
    });
    const frames = [...server.kept.entries()];
    const isEvent = (bytes: Uint8Array): boolean => bytes[HEADER.kind] === FrameKind.event;
    let events = 0;
    frames.forEach(([identity, bytes], i) => {
      if (!isEvent(bytes)) return;
      events += 1;
      expect((Number(identity.split(':')[0]) - 1) % 5).toBe(0);
      expect(readEvent(bytes, HEADER_BYTES)).toEqual(EVENT);
      // Within its slot, not at its end.
      expect(server.arrivedMs[i]! - readStartMs(bytes)).toBeCloseTo(DECIDED_MS - STARTED_MS, 6);
    });
    expect(events).toBeGreaterThan(10);
    expect(ledger.madeCount).toBe(frames.length);
    const readings = frames.length - events;
    expect(ends[0]!.counters.all).toMatchObject({ due: readings, sent: readings, acknowledged: readings });
  });

  it('are the same bytes with 1 worker and with 4', async () => {
    const one = await runMemoryFleet({ devices: 37, workers: 1, eventOf });
    const four = await runMemoryFleet({ devices: 37, workers: 4, eventOf });
    expect(four.digest).toBe(one.digest);
    expect((await runMemoryFleet({ devices: 37 })).digest).not.toBe(one.digest);
  });

  it('of a slot that a command made shorter than their moment are left out', async () => {
    const late = (index: number, slot: number): SlotEvent | null => {
      const found = eventOf(index, slot);
      return found && { ...found, decidedMs: 1001 };
    };
    const { server } = await runMemoryFleet({ devices: 10, eventOf: late });
    expect([...server.kept.values()].some((bytes) => bytes[HEADER.kind] === FrameKind.event)).toBe(false);
  });

  it('that are known in the last tick of a slot have the number behind its reading, as on the chip', async () => {
    const last = (index: number, slot: number): SlotEvent | null => {
      const found = eventOf(index, slot);
      return found && { ...found, decidedMs: 1000 };
    };
    const { server } = await runMemoryFleet({ devices: 10, eventOf: last });
    let events = 0;
    for (const [identity, bytes] of server.kept) {
      if (bytes[HEADER.kind] !== FrameKind.event) continue;
      events += 1;
      const [device, boot, seq] = identity.split(':').map(Number) as [number, number, number];
      const before = server.kept.get(`${device}:${boot}:${seq - 1}`)!;
      expect(before[HEADER.kind]).toBe(FrameKind.features);
      expect(readStartMs(before)).toBe(readStartMs(bytes) - STARTED_MS);
    }
    expect(events).toBeGreaterThan(10);
  });

  it('are asked of a detector that began with the slot behind a restart', async () => {
    const since = new Set<string>();
    await runMemoryFleet({
      devices: 1,
      eventOf: (_, slot, firstSlot) => {
        since.add(`${firstSlot} ${slot >= firstSlot}`);
        return null;
      },
      at: [[2500, ([fleet]) => fleet!.device(0)!.reboot(true)]],
    });
    expect(since.size).toBe(2);
    expect([...since][0]).toBe('0 true');
    expect(Number([...since][1]!.split(' ')[0])).toBeGreaterThan(0);
    expect([...since][1]).toContain('true');
  });
});

import { SEQ_MAX } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { HonestServer } from './honest-server.fixture.ts';
import { slotAt, twinOf } from './twin.fixture.ts';
import type { Twin } from './twin.ts';

const ROUND_TRIP_MS = 50;

/** Lets twin and server talk until the twin is quiet. Returns the moment, and how often a frame went out. */
function drain(twin: Twin, server: HonestServer, fromMs: number): { nowMs: number; transmissions: number } {
  let nowMs = fromMs;
  let transmissions = 0;
  while (twin.wakeAtMs < Number.POSITIVE_INFINITY) {
    nowMs = Math.max(nowMs, twin.wakeAtMs);
    const frame = twin.transmit(nowMs)!;
    if (++transmissions > 1000) throw new Error('the twin transmits for ever');
    const answer = server.receive(frame.bytes);
    nowMs += ROUND_TRIP_MS;
    twin.answered(answer, nowMs);
  }
  return { nowMs, transmissions };
}

describe('the acknowledgement protocol, device side', () => {
  it('overflows its ring in an outage of 10 minutes and then drains the rest, each frame once', () => {
    const { twin, fates } = twinOf();
    const server = new HonestServer();
    twin.linkUp(0);
    slotAt(twin, 5000);
    drain(twin, server, 5000);
    twin.linkDown(6000);
    for (let i = 0; i < 120; i++) slotAt(twin, 10_000 + i * 5000);
    twin.linkUp(610_000);
    const { nowMs, transmissions } = drain(twin, server, 610_000);
    expect({ transmissions, tookMs: nowMs - 610_000 }).toEqual({
      transmissions: 12,
      tookMs: 12 * ROUND_TRIP_MS,
    });
    expect(fates.told.filter(({ fate }) => fate === 'dropped').map(({ frame }) => frame.seq)).toEqual(
      Array.from({ length: 108 }, (_, i) => i + 1),
    );
    expect([...server.stored.keys()]).toEqual([
      '1:0',
      ...Array.from({ length: 12 }, (_, i) => `1:${109 + i}`),
    ]);
    expect(twin.heldFrames).toBe(0);
  });

  it('drains frames of the old boot after a reboot, and takes the answer that was under way', () => {
    const { twin, fates } = twinOf();
    const server = new HonestServer();
    twin.linkUp(0);
    slotAt(twin, 1000);
    slotAt(twin, 2000);
    const underWay = server.receive(twin.transmit(2000)!.bytes);
    twin.reboot(2010, true);
    slotAt(twin, 7000);
    twin.answered(underWay, 7001);
    expect(fates.names()).toEqual(['released 1:0']);
    drain(twin, server, 7002);
    expect(fates.names()).toEqual(['released 1:0', 'released 1:1', 'released 2:0']);
    expect(server.stored.size).toBe(3);
  });

  it('sends again to another instance when the first one vanished before its acknowledgement', () => {
    const { twin, fates } = twinOf();
    const server = new HonestServer();
    twin.linkUp(0);
    slotAt(twin, 1000);
    server.receive(twin.transmit(1000)!.bytes);
    twin.linkDown(1010);
    twin.linkUp(1500);
    // Both instances append to the same log, which holds the frame already.
    const { transmissions } = drain(twin, server, 1500);
    expect(transmissions).toBe(1);
    expect(fates.names()).toEqual(['released 1:0']);
    expect(server.stored.size).toBe(1);
  });

  it('takes a late acknowledgement of an earlier boot for nothing', () => {
    const { twin, fates } = twinOf();
    const server = new HonestServer();
    twin.linkUp(0);
    for (let i = 0; i < 3; i++) slotAt(twin, i);
    const late = { boot: 1, seq: 2 };
    drain(twin, server, 10);
    twin.reboot(1000, false);
    twin.linkUp(1000);
    slotAt(twin, 6000);
    twin.transmit(6000);
    twin.answered(late, 6010);
    expect(twin.heldFrames).toBe(1);
    expect(fates.names()).not.toContain('released 2:0');
    drain(twin, server, twin.wakeAtMs);
    expect(fates.names()).toContain('released 2:0');
  });

  it('passes the end of the sequence without a number used twice', () => {
    const { twin } = twinOf();
    const server = new HonestServer();
    twin.nextSeq = SEQ_MAX - 2;
    twin.linkUp(0);
    for (let i = 0; i < 6; i++) {
      slotAt(twin, i * 5000, i);
      drain(twin, server, i * 5000);
    }
    expect(server.stored.size).toBe(6);
    expect([...server.stored.keys()].slice(-4)).toEqual([`1:${SEQ_MAX}`, '2:0', '2:1', '2:2']);
    expect(twin.heldFrames).toBe(0);
  });
});

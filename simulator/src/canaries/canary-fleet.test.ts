import { FrameKind } from '@gaitway/contract';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { KeepingServer } from '../fleet/testing/memory-fleet.ts';
import { NO_LINK_FAULTS } from '../transport/memory/link-faults.ts';
import type { MemoryTransport } from '../transport/memory/memory-transport.ts';
import { BOOT, hangingWithInterrupts, playLoad, TEST_IMAGE, withoutWatchdog } from './canary.fixture.ts';
import { CanarySession } from './canary-session.ts';

const SLOT_MS = 5000;

/** The frames of a kind that the server kept, by device. */
function keptOf(kept: Map<string, Uint8Array>, kind: FrameKind) {
  return [...kept.values()].map((fixed) => decodeFixed(fixed)).filter((frame) => frame.kind === kind);
}

/** The server keeps frames without their trailer. */
function decodeFixed(fixed: Uint8Array) {
  const view = new DataView(fixed.buffer, fixed.byteOffset);
  return {
    kind: fixed[1]!,
    device: view.getUint32(4, true),
    boot: view.getUint16(8, true),
    seq: view.getUint32(12, true),
    startMs: view.getUint32(16, true) + view.getUint16(20, true) * 2 ** 32,
    slotMs: view.getUint16(24, true),
  };
}

/** No device gets through to the server any more. */
function cutOff(server: KeepingServer, transport: MemoryTransport): void {
  server.refuse = () => 'full';
  transport.cutAll();
}

function letIn(server: KeepingServer): void {
  server.refuse = undefined;
}

afterEach(() => vi.restoreAllMocks());

describe('a fleet of canaries', () => {
  it('reports every slot of its schedule when it is due, and each is accounted for', async () => {
    const { ends, server, ledger, schedule } = await playLoad({ devices: 5 });
    const { all, retransmitted, connectedMost } = ends.counters;
    expect(all.due).toBe(30);
    expect(all).toMatchObject({ sent: all.due, acknowledged: all.due, notSentOnTime: 0 });
    expect([retransmitted, connectedMost]).toEqual([0, 5]);
    expect(ledger.problems).toEqual([]);
    expect(ledger.totals).toMatchObject({ made: all.due, acknowledged: all.due });
    const readings = keptOf(server.kept, FrameKind.features);
    expect(readings).toHaveLength(all.due);
    for (const { startMs, device, boot } of readings) {
      const phase = (startMs - schedule.startMs) % SLOT_MS;
      expect(phase).toBe(
        (readings.find((one) => one.device === device)!.startMs - schedule.startMs) % SLOT_MS,
      );
      expect(boot).toBe(BOOT);
    }
    expect(keptOf(server.kept, FrameKind.boot)).toHaveLength(5);
    expect(ends.counters.all.unacknowledged).toBe(0);
  });

  it('is worked off in strides, and sends and hears the same at the same moments as tick by tick', async () => {
    const fired = vi.spyOn(CanarySession.prototype, 'fired');
    const play = async (strideTicks: number) => {
      fired.mockClear();
      const { ends, server } = await playLoad({
        ...{ devices: 2, strideTicks },
        at: [
          [2_500, (_, { server }) => server.tell({ command: 'mode', mode: 'raw' })],
          [9_000, (_, { server, transport }) => cutOff(server, transport)],
          [13_000, (_, { server }) => letIn(server)],
          [18_010, (_, { server }) => server.tell({ command: 'mode', mode: 'features' })],
          [23_030, (_, { server }) => server.tell({ command: 'rate', slotMs: 1340 })],
        ],
      });
      return { ends, kept: [...server.kept], turns: fired.mock.calls.length };
    };
    const { turns, ...strided } = await play(10);
    const { turns: ticks, ...ticked } = await play(1);
    expect(strided.kept.length).toBeGreaterThan(20);
    // Latencies, lags and counts, too.
    expect(strided).toEqual(ticked);
    expect(turns).toBeLessThan(ticks / 5);
  });

  it('bears a network that cuts, loses answers and is slow, and the ledger says what became of each reading', async () => {
    const faults = { ...NO_LINK_FAULTS, cutShare: 0.1, lostAnswerShare: 0.2, delayMs: { min: 5, max: 300 } };
    const { ends, server, ledger } = await playLoad({
      devices: 4,
      measureMs: 60_000,
      drainMs: 120_000,
      faults,
    });
    const { all, retransmitted, reconnects } = ends.counters;
    expect([retransmitted > 0, reconnects > 0]).toEqual([true, true]);
    expect(all.acknowledged + all.dropped + all.refused + all.unacknowledged).toBe(all.due);
    expect(ledger.problems).toEqual([]);
    expect(server.changed).toBe(0);
    // What is called acknowledged was kept, and nothing was kept that the ledger does not know as sent.
    const kept = new Set(
      keptOf(server.kept, FrameKind.features).map(({ device, boot, seq }) => `${device - 1} ${boot} ${seq}`),
    );
    const sent = new Set<string>();
    for (const index of ledger.patients()) {
      for (const { boot, fromSeq, count, outcome, everSent } of ledger.runsOf(index)) {
        for (let seq = fromSeq; seq < fromSeq + count; seq++) {
          if (everSent) sent.add(`${index} ${boot} ${seq}`);
          if (outcome === 'acknowledged') expect(kept).toContain(`${index} ${boot} ${seq}`);
        }
      }
    }
    for (const one of kept) expect(sent).toContain(one);
  });

  it('drops the oldest readings of an outage that is longer than its ring, and says so', async () => {
    const { ends, ledger } = await playLoad({
      devices: 2,
      measureMs: 110_000,
      at: [
        [7000, (_, { server, transport }) => cutOff(server, transport)],
        [90_000, (_, { server }) => letIn(server)],
      ],
    });
    const { all } = ends.counters;
    // 12 of about 17 fit.
    expect(all.dropped).toBeGreaterThan(4);
    expect(all.due).toBe(all.acknowledged + all.dropped + all.unacknowledged);
    expect(ledger.problems).toEqual([]);
    expect(ledger.totals.dropped).toBe(all.dropped);
  });

  it('takes rate, mode and a refusal for good as the server says them', async () => {
    let refused = 0;
    const { ends, ledger, server } = await playLoad({
      devices: 2,
      at: [
        [
          0,
          (_, all) => {
            const answer = all.server.answer;
            all.server.answer = (boot, seq) =>
              seq === 3 && ++refused <= 2 ? { reject: 'future' } : answer(boot, seq);
          },
        ],
        [18_000, (_, all) => all.server.tell({ command: 'rate', slotMs: 1000 })],
        [26_000, (_, all) => all.server.tell({ command: 'mode', mode: 'raw' })],
      ],
    });
    const { all, rejected } = ends.counters;
    expect(rejected).toEqual({ future: 2 });
    expect(all).toMatchObject({ refused: 2, acknowledged: all.due - 2, unacknowledged: 0 });
    expect(ledger.problems).toEqual([]);
    const lengths = new Set(keptOf(server.kept, FrameKind.features).map(({ slotMs }) => slotMs));
    expect([...lengths].sort()).toEqual([1000, 5000]);
    expect(keptOf(server.kept, FrameKind.rawChunk).length).toBeGreaterThan(20);
  });

  it('goes on after a watchdog reset, with the next boot number and its clock set', async () => {
    const { ends, counts, server, ledger, found, schedule } = await playLoad({
      devices: 3,
      measureMs: 40_000,
      at: [[12_000, ([first]) => first!.board.modem.say({ type: 'hang' })]],
    });
    expect(counts.end(3)).toMatchObject({ resets: { watchdog: 1 }, hung: [], damaged: 0 });
    expect(found).toEqual([]);
    const readings = keptOf(server.kept, FrameKind.features);
    const after = readings.filter(({ boot }) => boot === BOOT + 1);
    expect(after.length).toBeGreaterThan(3);
    for (const { device, startMs } of after) {
      expect(device).toBe(1);
      expect(startMs).toBeGreaterThan(schedule.startMs + 13_500);
      expect(startMs).toBeLessThan(schedule.startMs + 50_000);
    }
    expect(ends.counters.all.acknowledged).toBe(ends.counters.all.due);
    expect(ledger.problems).toEqual([]);
  });

  it('loses one that nothing helps, says which, and the others keep their time', async () => {
    const { ends, counts, found, server } = await playLoad({
      devices: 3,
      program: withoutWatchdog(TEST_IMAGE),
      at: [[7000, ([first]) => first!.board.modem.say({ type: 'hang' })]],
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(
      /canary of patient 0 is out of the run: the firmware hangs: no tick since tick \d+/,
    );
    expect(counts.end(3).hung).toEqual(found);
    const perDevice = [1, 2, 3].map(
      (device) => keptOf(server.kept, FrameKind.features).filter((one) => one.device === device).length,
    );
    expect(perDevice[0]).toBeLessThan(3);
    expect(Math.min(perDevice[1]!, perDevice[2]!)).toBeGreaterThan(5);
    expect(ends.counters.all.notSentOnTime).toBe(0);
  });

  it('notices one that hangs with interrupts on within two slots, says which and since when, where no watchdog helps', async () => {
    const { counts, found, server, ends } = await playLoad({
      ...{ devices: 3, measureMs: 40_000 },
      program: hangingWithInterrupts(withoutWatchdog(TEST_IMAGE)),
      at: [[7000, ([first]) => first!.board.modem.say({ type: 'hang' })]],
    });
    expect(found).toHaveLength(1);
    const [, tick, seconds] =
      /canary of patient 0 is out of the run: the firmware hangs: it ticks, and sends no frame since tick (\d+), for ([\d.]+) s/.exec(
        found[0]!,
      )!;
    expect(Number(tick)).toBeLessThan(350);
    expect(Number(seconds)).toBeLessThan(20);
    expect(counts.end(3)).toMatchObject({ hung: found, resets: {} });
    const perDevice = [2, 3].map(
      (device) => keptOf(server.kept, FrameKind.features).filter((one) => one.device === device).length,
    );
    expect(Math.min(...perDevice)).toBeGreaterThan(7);
    expect(ends.counters.all.notSentOnTime).toBe(0);
  });

  it('leaves one that hangs with interrupts on to its watchdog', async () => {
    const { counts, found } = await playLoad({
      ...{ devices: 1, measureMs: 40_000, program: hangingWithInterrupts(TEST_IMAGE) },
      at: [[7000, ([first]) => first!.board.modem.say({ type: 'hang' })]],
    });
    expect(found).toEqual([]);
    expect(counts.end(1)).toMatchObject({ resets: { watchdog: 1 }, hung: [] });
  });
});

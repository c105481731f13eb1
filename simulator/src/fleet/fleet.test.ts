import type { FrameAnswer } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { mergeReadingLatencies } from '../latency/reading-latency.ts';
import { NO_LINK_FAULTS } from '../transport/memory/link-faults.ts';
import { devicesJoined, sumCounters } from './counters.ts';
import { plannedReadings } from './schedule.ts';
import { KeepingServer, runMemoryFleet, START_EPOCH_MS } from './testing/memory-fleet.ts';

const HARSH = {
  delayMs: { min: 1, max: 900 },
  connectFailureShare: 0.2,
  cutShare: 0.03,
  lostAnswerShare: 0.03,
  repeatedShare: 0.03,
};

describe('fleet', () => {
  it('sends every planned reading once and ends when all are acknowledged', async () => {
    const { ends, server, ledger, clock } = await runMemoryFleet({ devices: 50 });
    const [end] = ends;
    const planned = plannedReadings(
      { seed: 7, devices: 50, startMs: START_EPOCH_MS + 1000, slotMs: 1000, connectMs: 1000 },
      START_EPOCH_MS + 3000,
      START_EPOCH_MS + 23_000,
    );
    expect(planned).toBe(1000);
    expect(end!.counters.measured).toEqual({
      due: planned,
      sent: planned,
      notSentOnTime: 0,
      acknowledged: planned,
      dropped: 0,
      refused: 0,
      unacknowledged: 0,
    });
    expect(end!.counters.all.due).toBeGreaterThan(planned);
    expect(end!.counters).toMatchObject({ connected: 0, connectedMost: 50 });
    expect(server.kept.size).toBe(ledger.madeCount);
    expect(ledger.outcomes).toEqual({ acknowledged: ledger.madeCount });
    expect(ledger.finished).toBe(1);
    expect(clock.monotonicMs()).toBeLessThan(23_100);
    expect(mergeReadingLatencies([end!.latency])).toMatchObject({
      count: planned,
      unacknowledged: 0,
      maxMs: 0,
    });
  });

  it('sends the same bytes with 1 worker and with 4, and other bytes with another seed', async () => {
    const one = await runMemoryFleet({ devices: 37, workers: 1 });
    const four = await runMemoryFleet({ devices: 37, workers: 4 });
    const other = await runMemoryFleet({ devices: 37, workers: 1, seed: 8 });
    expect(four.digest).toBe(one.digest);
    expect(other.digest).not.toBe(one.digest);
    expect(sumCounters(four.ends.map(({ counters }) => counters))).toEqual(one.ends[0]!.counters);
    expect(new Set(four.server.kept.keys())).toEqual(new Set(one.server.kept.keys()));
  });

  it('has every reading acknowledged or accounted for over links that are cut, lose and repeat', async () => {
    const run = () =>
      runMemoryFleet({
        devices: 60,
        measureMs: 60_000,
        faults: HARSH,
        at: [
          [
            62_000,
            (_, transport) => {
              transport.faults = { ...NO_LINK_FAULTS };
            },
          ],
        ],
      });
    const { ends, server, ledger, digest } = await run();
    const { all, reconnects, retransmitted, linkEnds } = ends[0]!.counters;
    expect(reconnects).toBeGreaterThan(50);
    // However often a device came back.
    expect(devicesJoined(ends[0]!.counters)).toBe(60);
    expect(retransmitted).toBeGreaterThan(50);
    expect(linkEnds.cut).toBeGreaterThan(10);
    expect(all.due).toBe(ledger.madeCount);
    expect(all.acknowledged + all.dropped + all.refused + all.unacknowledged).toBe(all.due);
    expect(all.acknowledged).toBeGreaterThan(0.95 * all.due);
    expect(server.changed).toBe(0);
    expect(server.kept.size).toBeGreaterThanOrEqual(all.acknowledged);
    expect((await run()).digest).toBe(digest);
  });

  it('measures a reading from its due moment to the acknowledgement that released it, over all retries', async () => {
    const server = new KeepingServer();
    let asked = 0;
    server.answer = (boot, seq): FrameAnswer =>
      ++asked % 2 === 1 ? { reject: 'busy', retryAfterMs: 100 } : { boot, seq };
    const { ends } = await runMemoryFleet({
      devices: 1,
      server,
      faults: { ...NO_LINK_FAULTS, delayMs: { min: 10, max: 10 } },
    });
    const latency = mergeReadingLatencies([ends[0]!.latency]);
    // Out and back, twice, with the wait between: 10 + 10 + 100 + 10 + 10.
    expect(latency.p50Ms).toBeCloseTo(140, 0);
    expect(latency.maxMs).toBe(140);
    expect(ends[0]!.counters.rejected).toEqual({ busy: ends[0]!.counters.all.due });
  });

  it('lets readings that were never acknowledged enter with their age, and shows no p95 below the time-out', async () => {
    const server = new KeepingServer();
    // Never acknowledges 6 % of frames, however often they come; the ring then holds all that follow.
    server.answer = (boot, seq) => (seq % 17 === 16 ? undefined : { boot, seq });
    const { ends } = await runMemoryFleet({ devices: 40, measureMs: 40_000, server, drainMs: 5000 });
    const latency = mergeReadingLatencies([ends[0]!.latency]);
    expect(latency.unacknowledged).toBeGreaterThan(0);
    expect(latency.p95Ms).toBeGreaterThan(2000);
    const { measured } = ends[0]!.counters;
    expect(latency.count).toBe(measured.due);
    expect(measured.unacknowledged + measured.dropped).toBe(latency.unacknowledged);
  });

  it('goes on making readings while the server is away, and drops only what the ring cannot hold', async () => {
    const server = new KeepingServer();
    let away = false;
    const { ends, ledger } = await runMemoryFleet({
      devices: 20,
      ringFrames: 4,
      measureMs: 40_000,
      server,
      serverOf: () => (away ? undefined : server),
      at: [
        [
          5000,
          (_, transport) => {
            away = true;
            transport.cutAll();
          },
        ],
        [
          20_000,
          () => {
            away = false;
          },
        ],
      ],
    });
    const { all } = ends[0]!.counters;
    expect(all.dropped).toBeGreaterThan(20 * 5);
    expect(all.unacknowledged).toBe(0);
    expect(all.acknowledged).toBe(all.due - all.dropped);
    expect(ledger.outcomes.dropped ?? 0).toBeLessThan(all.dropped);
    expect(ends[0]!.counters.linkEnds.unreachable).toBeGreaterThan(20);
  });

  it('stops a device whose token is refused, counts it, and leaves the others alone', async () => {
    const server = new KeepingServer();
    let knocks = 0;
    server.refuse = () => (++knocks === 1 ? 'token_expired' : undefined);
    const { ends } = await runMemoryFleet({ devices: 5, server, drainMs: 1000 });
    const { counters } = ends[0]!;
    expect(counters.devicesBarred).toBe(1);
    expect(counters.handshakesRefused).toEqual({ token_expired: 1 });
    expect(counters.connectAttempts).toBe(5);
    expect(devicesJoined(counters)).toBe(4);
    expect(counters.all.acknowledged).toBeGreaterThanOrEqual(4 * 21);
    expect(counters.all.dropped + counters.all.unacknowledged).toBeLessThanOrEqual(22);
    expect(counters.all.sent).toBe(counters.all.acknowledged);
    expect(server.peers).toHaveLength(4);
  });

  it('moves to the next server when told to reconnect, after the time that it was told', async () => {
    const first = new KeepingServer();
    const second = new KeepingServer();
    const { ends, clock } = await runMemoryFleet({
      devices: 4,
      urls: ['http://a', 'http://b'],
      serverOf: (url) => (url === 'http://a' ? first : second),
      at: [
        [5000, () => first.tell({ command: 'reconnect', afterMs: 1500 })],
        [6400, () => expect(second.tokens).toHaveLength(2)],
        [6600, () => expect(second.tokens).toHaveLength(4)],
      ],
    });
    expect(clock.monotonicMs()).toBeGreaterThan(6600);
    expect(ends[0]!.counters.commands).toEqual({ reconnect: 2 });
    expect(ends[0]!.counters.reconnects).toBe(2);
    expect(second.tokens.sort()).toEqual(['device 0', 'device 1', 'device 2', 'device 3']);
    expect(ends[0]!.counters.all.acknowledged).toBe(ends[0]!.counters.all.due);
  });

  it('changes the slot from the next one on when told another rate', async () => {
    const server = new KeepingServer();
    const { ends } = await runMemoryFleet({
      devices: 2,
      server,
      warmUpMs: 0,
      measureMs: 20_000,
      at: [[11_000, () => server.tell({ command: 'rate', slotMs: 100 })]],
    });
    // About ten slots of a second and a hundred of a tenth, for each device.
    expect(ends[0]!.counters.all.due).toBeGreaterThan(2 * (8 + 80));
    expect(ends[0]!.counters.all.due).toBeLessThan(2 * (12 + 110));
    expect(ends[0]!.counters.all.acknowledged).toBe(ends[0]!.counters.all.due);
  });

  it('makes no new readings once interrupted, and still has the old ones acknowledged', async () => {
    const { ends, clock } = await runMemoryFleet({
      devices: 30,
      faults: { ...NO_LINK_FAULTS, delayMs: { min: 300, max: 300 } },
      at: [[8000, (fleets) => fleets[0]!.interrupt()]],
    });
    expect(ends[0]!.interrupted).toBe(true);
    expect(ends[0]!.counters.all.acknowledged).toBe(ends[0]!.counters.all.due);
    expect(ends[0]!.counters.all.due).toBeLessThanOrEqual(30 * 7);
    expect(clock.monotonicMs()).toBeLessThan(9000);
  });

  it('ends drain after its time when a server never answers, with every reading accounted for', async () => {
    const server = new KeepingServer();
    server.answer = () => undefined;
    const { ends, clock } = await runMemoryFleet({ devices: 3, measureMs: 5000, drainMs: 4000, server });
    const { all } = ends[0]!.counters;
    expect(all.unacknowledged + all.dropped).toBe(all.due);
    expect(all.sent).toBe(3);
    expect(clock.monotonicMs()).toBe(12_000);
  });

  it('reports a ledger that cannot be written instead of going on', async () => {
    await expect(
      runMemoryFleet({
        devices: 2,
        at: [
          [
            5000,
            (fleets) => {
              // The disk is full from here on.
              const { ledger } = (fleets[0] as unknown as { options: { ledger: { resolve(): void } } })
                .options;
              ledger.resolve = () => {
                throw new Error('no space left on the disk');
              };
            },
          ],
        ],
      }),
    ).rejects.toThrow('no space left');
  });
});

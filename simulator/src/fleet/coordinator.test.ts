import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WINDOW_SETTINGS_DEFAULT } from '@gaitway/contract';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ledgerFilesIn } from '../ledger/ledger-files.ts';
import { readLedger } from '../ledger/ledger-reader.ts';
import { FULL } from '../whole-system/testing/seeds.ts';
import { type FleetHooks, runFleet } from './coordinator.ts';
import { ANY_SOURCE, devicesJoined } from './counters.ts';
import type { FleetRequest } from './fleet-plan.ts';
import { FLEET_PHASES } from './phases.ts';
import { type StubServer, startStubServer } from './testing/stub-server.ts';

let server: StubServer;
let folder: string;

beforeEach(async () => {
  server = await startStubServer();
  folder = mkdtempSync(join(tmpdir(), 'gaitway-fleet-'));
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function plan(changes: Partial<FleetRequest> = {}): FleetRequest {
  return {
    runId: 'test',
    seed: 7,
    patients: 100,
    slotMs: 1000,
    window: { ...WINDOW_SETTINGS_DEFAULT, windowMs: 5000 },
    urls: [server.url],
    transport: 'lean' as const,
    workers: 2,
    tokenSecret: server.secret,
    connectMs: 500,
    warmUpMs: 1000,
    measureMs: 2000,
    // A drain ends when all is acknowledged: this is what a machine that has no time for us may need.
    drainMs: 60_000,
    viewers: 3,
    ledgerFolder: folder,
    tightestLatencySloMs: 200,
    ...changes,
  };
}

/** Longer than any machine needs: runs end when what they wait for has happened. */
const LONG_MS = 60_000;

/**
 * Runs a fleet that would measure for a minute; `once` happens at the first live look in the measure phase, and
 * when a reason for an invalid run says what `until` asks for, the run is interrupted.
 */
async function runUntil(
  until: RegExp,
  once: (processes: { name: string; pid: number | undefined }[]) => void,
) {
  let processes: { name: string; pid: number | undefined }[] = [];
  let happened = false;
  const interrupt = new AbortController();
  const hooks: FleetHooks = {
    ready: (loaded) => {
      processes = loaded;
      return undefined;
    },
    live: ({ phase, reasons }) => {
      if (happened && reasons.some((reason) => until.test(reason))) interrupt.abort();
      if (phase !== 'measure' || happened) return;
      happened = true;
      once(processes);
    },
  };
  const result = await runFleet(plan({ viewers: 0, measureMs: LONG_MS }), hooks, {
    interrupt: interrupt.signal,
  });
  expect(happened).toBe(true);
  return result;
}

describe('runFleet', () => {
  it('plays a fleet in two processes, and everything is sent, acknowledged, seen and in the ledger', async () => {
    const phases = new Set<string>();
    const order: string[] = [];
    const result = await runFleet(plan({ connectMs: 3000 }), {
      live: (live) => phases.add(live.phase),
      drained: async () => void order.push(`drained, ${server.devices} devices left`),
    });
    const { counters, latency, generator, freshness } = result;
    expect(result.planned).toBe(200);
    expect(counters.measured).toMatchObject({
      due: 200,
      sent: 200,
      acknowledged: 200,
      unacknowledged: 0,
      dropped: 0,
    });
    expect(counters.all.acknowledged).toBe(counters.all.due);
    expect([...server.frames.values()].reduce((sum, count) => sum + count, 0)).toBe(
      counters.all.sent + counters.retransmitted,
    );
    expect(server.frames.size).toBe(100);
    expect(latency.count).toBe(200);
    expect(freshness.reading.count).toBeGreaterThan(0);
    expect(result.viewers).toMatchObject({ connected: 3, refused: 0 });
    expect(result.observations?.forbidden).toBe(0);
    expect(order).toEqual(['drained, 0 devices left']);
    expect(phases.size).toBeGreaterThan(0);
    for (const phase of phases) expect(FLEET_PHASES).toContain(phase);
    expect(generator.processes.map(({ name }) => name)).toEqual([
      'Worker 0',
      'Worker 1',
      "The viewers' process",
    ]);
    expect(result.processes.every(({ rssBytesMax, samples }) => rssBytesMax > 0 && samples.length > 0)).toBe(
      true,
    );
    for (const { eventLoopDelayMsP99, eventLoopDelayMsMax } of result.processes) {
      expect(eventLoopDelayMsP99).toBeGreaterThan(0);
      // The histogram keeps three digits.
      expect(eventLoopDelayMsP99).toBeLessThanOrEqual(1.001 * eventLoopDelayMsMax);
    }
    expect(counters.joinedFrom).toEqual({ [ANY_SOURCE]: 100 });
    for (const { stages } of result.processes.slice(0, 2)) {
      const calls = Object.fromEntries(stages.map(({ stage, calls }) => [stage, calls]));
      expect(calls.patients).toBeGreaterThan(0);
      // A slot's event is asked for when it begins and its values when it ends; one of each of 50 devices had begun.
      expect(calls.ledger).toBe(calls.patients! - 50);
    }
    const ledger = readLedger(ledgerFilesIn(folder));
    expect(ledger.problems).toEqual([]);
    expect(ledger.totals).toMatchObject({ made: counters.all.due, acknowledged: counters.all.acknowledged });
  });

  it('counts no device as joined whose target takes the connection and never upgrades it', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket.on('error', () => {})));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    const { counters } = await runFleet(
      plan({ urls: [`http://127.0.0.1:${port}`], patients: 10, viewers: 0, drainMs: 500 }),
    );
    expect(counters.connectAttempts).toBeGreaterThanOrEqual(10);
    expect(sockets.length).toBeGreaterThan(0);
    expect(devicesJoined(counters)).toBe(0);
  });

  // Only Linux answers on all of 127.0.0.0/8 without being told.
  describe.runIf(process.platform === 'linux')('with source addresses in its plan', () => {
    it.each(FULL ? (['lean', 'official'] as const) : (['lean'] as const))(
      'spreads its devices over them (%s)',
      async (transport) => {
        const sourceAddresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
        const { counters } = await runFleet(plan({ transport, patients: 12, viewers: 0, sourceAddresses }));
        expect([...server.addresses].sort()).toEqual(sourceAddresses);
        expect(counters.joinedFrom).toEqual({ '127.0.0.1': 4, '127.0.0.2': 4, '127.0.0.3': 4 });
        expect(counters.all.acknowledged).toBe(counters.all.due);
      },
    );
  });

  it('goes to drain at once when it is interrupted, and says so', async () => {
    const interrupt = new AbortController();
    const result = await runFleet(
      plan({ viewers: 0, measureMs: LONG_MS }),
      { live: ({ phase }) => void (phase === 'measure' && interrupt.abort()) },
      { interrupt: interrupt.signal },
    );
    expect(result.interrupted).toBe(true);
    expect(result.phases.measureToMs - result.phases.measureFromMs).toBeLessThan(LONG_MS);
    expect(result.counters.all.acknowledged).toBe(result.counters.all.due);
    expect(result.latency.count).toBe(result.counters.measured.due);
    expect(readLedger(ledgerFilesIn(folder)).problems).toEqual([]);
  });

  it('ends without a drain when nobody is there who could acknowledge what is left', async () => {
    const end = new AbortController();
    const result = await runFleet(
      plan({ viewers: 0, measureMs: LONG_MS, drainMs: LONG_MS }),
      {
        live: ({ counters }) => {
          if (counters.measured.acknowledged === 0 || end.signal.aborted) return;
          void server.stop().then(() => end.abort());
        },
      },
      { end: end.signal },
    );
    const { all } = result.counters;
    expect(result.interrupted).toBe(true);
    expect(all.due).toBe(all.acknowledged + all.unacknowledged + all.dropped);
    // A drain would have gone on for a minute, and every worker came to its end before.
    expect(Date.now()).toBeLessThan(result.phases.drainToMs);
    expect(result.generator.reasons.filter((reason) => /Worker \d ended/.test(reason))).toEqual([]);
  });

  it.runIf(FULL)('names a worker that was stopped for 3 s', async () => {
    const { generator } = await runUntil(/^Worker 0 did not report for/, ([first]) => {
      process.kill(first!.pid!, 'SIGSTOP');
      setTimeout(() => process.kill(first!.pid!, 'SIGCONT'), 3000);
    });
    expect(generator.valid).toBe(false);
    expect(generator.reasons).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Worker 0 did not report for \d+\.\d s, the limit is 2\.0 s\.$/),
        expect.stringMatching(
          /^Worker 0 stood still: its event loop was delayed by up to \d+\.\d s, the limit is 200 ms\.$/,
        ),
      ]),
    );
  });

  it('names a worker that died, keeps what the other one measured, and ends in time', async () => {
    const result = await runUntil(/^Worker 1 ended/, ([, second]) => process.kill(second!.pid!, 'SIGKILL'));
    expect(result.generator.reasons[0]).toBe(
      'Worker 1 ended (signal SIGKILL) before it was done: what it measured and its part of the ledger are incomplete.',
    );
    expect(result.latency.count).toBeGreaterThan(0);
    expect(readLedger(ledgerFilesIn(folder)).problems.join('\n')).toMatch(/worker 1/);
    const [died, other] = [result.processes[1]!, result.processes[0]!];
    expect(died.stages).toEqual([]);
    expect(other.stages.map(({ stage }) => stage)).toContain('ledger');
  });

  it.runIf(FULL && process.platform === 'linux')(
    'names a worker that runs out of file descriptors',
    async () => {
      const result = await runFleet(
        plan({ patients: 200, viewers: 0, workers: 1, drainMs: 500, connectMs: 1000 }),
        {
          ready: ([worker]) => void execFileSync('prlimit', [`--pid=${worker!.pid}`, '--nofile=120:120']),
        },
      );
      expect(result.counters.exhausted.EMFILE).toBeGreaterThan(0);
      expect(result.generator.reasons.join('\n')).toMatch(
        /Worker 0 ran out of file descriptors of its process \d+ times \(EMFILE\), the limit is 0\./,
      );
    },
  );

  it.runIf(FULL)('names a wall clock that was stepped by a second while the run went on', async () => {
    // In the worker itself, right after it was told to play: its Date moves, its monotonic clock does not.
    const step = `const now = Date.now;
      process.on('message', ({ kind }) => {
        if (kind === 'play') setImmediate(() => { Date.now = () => now() + 1000; });
      });`;
    const nodeArguments = ['--import', `data:text/javascript,${encodeURIComponent(step)}`];
    const result = await runFleet(plan({ viewers: 0, workers: 1 }), {}, { nodeArguments });
    expect(result.generator.reasons).toEqual(
      expect.arrayContaining([
        // Two clocks are read one after the other: nearly a second.
        expect.stringMatching(
          /^Worker 0 saw the wall clock move by (\d{3} ms|\d+\.\d s) against the monotonic clock, the limit is 100 ms\.$/,
        ),
      ]),
    );
    // The readings themselves are not moved by it.
    expect(result.counters.measured.acknowledged).toBe(result.planned);
  });

  it('gives the reason when a worker cannot write its ledger', async () => {
    const result = await runFleet(
      plan({ viewers: 0, workers: 1, ledgerFolder: join('/dev/null', 'ledger') }),
    );
    expect(result.generator.reasons[0]).toMatch(/^Worker 0 failed: .*cannot be opened for writing/);
  });
});

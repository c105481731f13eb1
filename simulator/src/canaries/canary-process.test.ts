import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WINDOW_SETTINGS_DEFAULT } from '@gaitway/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FleetHooks, runFleet } from '../fleet/coordinator.ts';
import type { FleetRequest } from '../fleet/fleet-plan.ts';
import { type StubServer, startStubServer } from '../fleet/testing/stub-server.ts';
import { ledgerFilesIn } from '../ledger/ledger-files.ts';
import { readLedger } from '../ledger/ledger-reader.ts';
import { stopsAtTick } from './small-programs.fixture.ts';

let server: StubServer;
let folder: string;

beforeEach(async () => {
  server = await startStubServer();
  folder = mkdtempSync(join(tmpdir(), 'gaitway-canaries-'));
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function plan(changes: Partial<FleetRequest>): FleetRequest {
  return {
    ...{ runId: 'test', seed: 7, patients: 12, slotMs: 1000, viewers: 0, workers: 1 },
    window: { ...WINDOW_SETTINGS_DEFAULT, windowMs: 5000 },
    urls: [server.url],
    transport: 'lean',
    tokenSecret: server.secret,
    ...{ connectMs: 500, warmUpMs: 1000, measureMs: 4000, drainMs: 600_000 },
    ledgerFolder: join(folder, 'ledger'),
    tightestLatencySloMs: 200,
    ...changes,
  };
}

const CANARIES = "The canaries' process";

/** A run of canaries alone that would measure for ten minutes, until each of these matches a reason for an invalid run. */
async function runUntil(
  until: RegExp[],
  changes: Partial<FleetRequest>,
  once: (pid: number) => void = () => {},
) {
  const interrupt = new AbortController();
  let pid = 0;
  let happened = false;
  const hooks: FleetHooks = {
    ready: ([first]) => {
      pid = first!.pid!;
      return undefined;
    },
    live: ({ phase, reasons }) => {
      if (until.every((each) => reasons.some((reason) => each.test(reason)))) interrupt.abort();
      if (phase !== 'measure' || happened) return;
      happened = true;
      once(pid);
    },
  };
  const alone = plan({ workers: 0, patients: 2, measureMs: 600_000, drainMs: 1000, ...changes });
  return runFleet(alone, hooks, { interrupt: interrupt.signal });
}

/** `full` is the depth of CI. */
const FULL = process.env.GAITWAY_TEST === 'full';

describe('the process of the canaries', () => {
  it.each(FULL ? (['lean', 'official'] as const) : (['lean'] as const))(
    'plays the last devices of a run beside its twins, in the same ledger (%s)',
    async (transport) => {
      const result = await runFleet(plan({ transport, canaries: { devices: 3 } }));
      const { counters, planned, canaries, processes } = result;
      // Whatever the machine's speed: every slot made its reading, and each has an end. When they were sent, and that
      // a chip whose connection comes in time drops none, is tried in virtual time (`canary-fleet.test.ts`).
      const { all } = counters;
      expect([all.due, counters.measured.due, planned]).toEqual([48, 48, 48]);
      expect(all).toMatchObject({ refused: 0, unacknowledged: 0, acknowledged: 48 - all.dropped });
      expect(all.sent).toBeGreaterThanOrEqual(all.acknowledged);
      expect(canaries).toMatchObject({ devices: 3, resets: {}, damaged: 0, hung: [] });
      expect(processes.map(({ name }) => name)).toEqual(['Worker 0', CANARIES]);
      expect(processes[1]!.cpuUserMs).toBeGreaterThan(0);
      expect(result.generator.processes[1]).toMatchObject({ name: CANARIES, readingsDue: 12 });
      expect(result.generator.processes[1]!.sendLagP99Ms).not.toBeNull();
      const ledger = readLedger(ledgerFilesIn(join(folder, 'ledger')));
      expect(ledger.problems).toEqual([]);
      const { acknowledged, dropped } = all;
      expect(ledger.totals).toMatchObject({ made: 48, acknowledged, dropped, unacknowledged: 0 });
      for (const device of [10, 11, 12]) {
        const runs = ledger.runsOf(device - 1).filter(({ outcome }) => outcome === 'acknowledged');
        const kept = runs.reduce((sum, { count }) => sum + count, 0);
        // Its boot frame, too.
        expect(server.frames.get(device)).toBeGreaterThan(kept);
      }
    },
  );

  it.runIf(FULL)('is named when it cannot keep real time', async () => {
    const until = [
      /^The canaries' process took up \d+ of \d+ readings \(.* %\) more than 200 ms late/,
      /^The canaries' process stood still: its event loop was delayed by up to \d/,
    ];
    const { generator } = await runUntil(until, { canaries: { devices: 2 } }, (pid) => {
      process.kill(pid, 'SIGSTOP');
      setTimeout(() => process.kill(pid, 'SIGCONT'), 1500);
    });
    expect(generator.valid).toBe(false);
    expect(generator.reasons).toEqual(
      expect.arrayContaining(until.map((each) => expect.stringMatching(each))),
    );
  });

  it.runIf(FULL)('makes a run invalid when a firmware hangs and its watchdog does not help it', async () => {
    const hexFile = join(folder, 'stops.hex');
    writeFileSync(hexFile, stopsAtTick(75));
    const { generator, canaries } = await runUntil([/is out of the run/], {
      canaries: { devices: 2, hexFile },
    });
    const says =
      /^The canary of patient \d is out of the run: the firmware hangs: no tick since tick 74, for 10 s/;
    expect(generator.reasons.filter((reason) => says.test(reason)).length).toBeGreaterThan(0);
    expect(canaries!.hung.every((one) => says.test(one))).toBe(true);
  });

  it('says why when it cannot read its program', async () => {
    const hexFile = join(folder, 'nowhere.hex');
    const { generator, canaries } = await runFleet(
      plan({ workers: 0, patients: 2, drainMs: 500, canaries: { devices: 2, hexFile } }),
    );
    expect(generator.reasons.join('\n')).toMatch(
      /^The canaries' process failed: .*nowhere\.hex cannot be read/m,
    );
    expect(canaries).toBeUndefined();
  });
});

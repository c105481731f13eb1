import { AUDIT_FAULTS } from '@gaitway/contract';
import { ArchiveReadingLog, MemoryArchive, type ReadingLog } from '@gaitway/reference-server';
import { describe, expect, it } from 'vitest';
import { beginOutage, endOutage } from './fault-plan.ts';
import { type SimulationOptions, simulateSystem } from './simulate.ts';
import type { ServerParts } from './simulated-server.ts';
import type { SimulationResult } from './simulation-result.ts';
import { NO_SYSTEM_FAULTS, type SystemFaults } from './system-faults.ts';
import { HARD_FAULTS } from './testing/hard-faults.ts';
import { FULL, repeatWith, seeds, TEST_POPULATION } from './testing/seeds.ts';

const FILE = 'cache-off.test.ts';
const SIZE = FULL ? { patients: 60, hours: 0.3 } : { patients: 25, hours: 0.12 };
const PARTITIONS = 8;

/** The stores of `--cache off`: readings are kept in the archive, and read from there. */
async function cacheOff(): Promise<{
  stores: NonNullable<ServerParts['stores']>;
  /** What the log had in memory is gone, as in a new process: it begins again with what the archive holds. */
  reopen(): Promise<void>;
  archive: MemoryArchive;
}> {
  const archive = new MemoryArchive();
  const open = () => ArchiveReadingLog.open(archive, { partitions: PARTITIONS, durability: 'process' });
  let log = await open();
  const newest = new Proxy({} as ReadingLog, {
    get: (_, name) => {
      const value: unknown = Reflect.get(log, name);
      return typeof value === 'function' ? value.bind(log) : value;
    },
  });
  return {
    stores: { log: newest, archive },
    reopen: async () => {
      log = await open();
    },
    archive,
  };
}

function play(
  seed: number,
  faults: SystemFaults,
  stores: NonNullable<ServerParts['stores']>,
  scenario: Pick<SimulationOptions, 'scenario'> = {},
): Promise<SimulationResult> {
  return simulateSystem({
    ...{ seed, ...SIZE, faults, population: TEST_POPULATION },
    parts: { stores },
    ...scenario,
  });
}

function expectClean({ seed, audit }: SimulationResult): void {
  const broken = AUDIT_FAULTS.filter((category) => audit[category] > 0);
  expect(
    { broken, reasons: audit.reasons, verdict: audit.verdict, unacknowledged: audit.ledger.unacknowledged },
    repeatWith(seed, FILE),
  ).toEqual({ broken: [], reasons: [], verdict: 'holds', unacknowledged: 0 });
}

async function readingsIn(archive: MemoryArchive): Promise<number> {
  let readings = 0;
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const stored = await archive.readingsAfter(partition, null, Number.MAX_SAFE_INTEGER);
    readings += stored.filter(({ bytes }) => bytes.length > 0).length;
  }
  return readings;
}

describe('the whole system in virtual time, without a log between gateway and archive', () => {
  it('keeps every promise, and stores the same documents with crashes as without', async () => {
    for (const seed of seeds(1, 6)) {
      const crashing = await cacheOff();
      const hard = await play(seed, HARD_FAULTS, crashing.stores);
      const calm = await play(
        seed,
        {
          ...HARD_FAULTS,
          processorCrashEveryMs: 0,
          processorStallEveryMs: 0,
          leaseLossEveryMs: 0,
          storeErrorShares: NO_SYSTEM_FAULTS.storeErrorShares,
        },
        (await cacheOff()).stores,
      );
      expectClean(hard);
      expectClean(calm);
      expect(hard.faults.processorCrashes, repeatWith(seed, FILE)).toBeGreaterThan(3);
      expect(hard.faults.gatewayCrashes, repeatWith(seed, FILE)).toBeGreaterThan(3);
      expect(calm.faults.processorCrashes).toBe(0);
      expect(hard.archiveDigest, repeatWith(seed, FILE)).toBe(calm.archiveDigest);
      // Each reading is a document of its own there: it is this log that was played.
      const { made, dropped } = hard.audit.ledger;
      expect(await readingsIn(crashing.archive)).toBeGreaterThanOrEqual(made - dropped);
    }
  });

  it('stores the same documents when its only process dies and makes its log again from the archive', async () => {
    for (const seed of seeds(1, 6)) {
      const digests: string[] = [];
      for (const forgets of [false, true]) {
        const { stores, reopen } = await cacheOff();
        let reopened = 0;
        const result = await play(seed, NO_SYSTEM_FAULTS, stores, {
          scenario: ({ clock, server, transport }) => {
            for (const atMs of [90_000, 240_000]) {
              clock.setTimer(atMs, () => {
                beginOutage(server, transport);
                for (const each of [...server.gatewayHosts, ...server.processors]) each.crash();
              });
              // Each has died now, at a point of its work or after 20 s idle; who did the latter lives again 3 s
              // later, and reads the log from its first entry on.
              clock.setTimer(atMs + 21_500, async () => {
                if (forgets) await reopen().then(() => reopened++);
              });
              clock.setTimer(atMs + 40_000, () => endOutage(server));
            }
          },
        });
        expectClean(result);
        expect(result.faults.processorCrashes, repeatWith(seed, FILE)).toBe(4);
        expect(result.faults.gatewayCrashes, repeatWith(seed, FILE)).toBe(4);
        expect(reopened).toBe(forgets ? 2 : 0);
        digests.push(result.archiveDigest);
      }
      expect(digests[1], repeatWith(seed, FILE)).toBe(digests[0]);
    }
  });
});

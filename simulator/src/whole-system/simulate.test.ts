import { AUDIT_FAULTS } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { GATEWAY_CRASH_POINTS } from './gateway-host.ts';
import { PROCESSOR_CRASH_POINTS } from './processor-host.ts';
import { simulateSystem } from './simulate.ts';
import type { SimulationResult } from './simulation-result.ts';
import { STORE_CALLS } from './store-faults.ts';
import { NO_SYSTEM_FAULTS, type SystemFaults } from './system-faults.ts';
import { HARD_FAULTS } from './testing/hard-faults.ts';
import { FULL, repeatWith, seeds, TEST_POPULATION } from './testing/seeds.ts';

const FILE = 'simulate.test.ts';
const SIZE = FULL ? { patients: 60, hours: 0.3 } : { patients: 25, hours: 0.12 };

function run(seed: number, faults: SystemFaults, workers = 1): Promise<SimulationResult> {
  return simulateSystem({ seed, ...SIZE, faults, workers, population: TEST_POPULATION });
}

function digestsOf({ fleetDigest, archiveDigest }: SimulationResult) {
  return { fleetDigest, archiveDigest };
}

/** Nothing broken, nothing left over, and what went wrong in the sentences of the audit itself. */
function expectClean({ seed, audit }: SimulationResult, also = ''): void {
  const broken = AUDIT_FAULTS.filter((category) => audit[category] > 0);
  const says = audit.examples.filter(({ category }) => broken.some((fault) => fault === category));
  expect(
    { broken, says: says.map((example) => example.says), reasons: audit.reasons, verdict: audit.verdict },
    `${also} ${repeatWith(seed, FILE)}`,
  ).toEqual({ broken: [], says: [], reasons: [], verdict: 'holds' });
  expect(audit.ledger.unacknowledged, repeatWith(seed, FILE)).toBe(0);
}

describe('the whole system in virtual time', () => {
  it('plays the same run from the same seed, and another one from another', async () => {
    const [seed] = seeds(1, 1);
    const first = await simulateSystem({ seed: seed!, ...SIZE, faults: HARD_FAULTS });
    const again = await simulateSystem({ seed: seed!, ...SIZE, faults: HARD_FAULTS });
    const other = await simulateSystem({ seed: seed! + 1, ...SIZE, faults: HARD_FAULTS });
    expect(again, repeatWith(seed!, FILE)).toEqual(first);
    expect(other.fleetDigest).not.toBe(first.fleetDigest);
    expect(other.archiveDigest).not.toBe(first.archiveDigest);
  });

  it('sends the same bytes and stores the same documents with 1 worker and with 4', async () => {
    for (const seed of seeds(2, 8)) {
      const one = await run(seed, HARD_FAULTS, 1);
      const four = await run(seed, HARD_FAULTS, 4);
      expect(digestsOf(four), repeatWith(seed, FILE)).toEqual(digestsOf(one));
      expectClean(four);
    }
  });

  it('stores the same documents whether or not processors crash, stall, lose leases and ask their stores in vain', async () => {
    for (const seed of seeds(2, 12)) {
      const hard = await run(seed, HARD_FAULTS);
      const calm = await run(seed, {
        ...HARD_FAULTS,
        processorCrashEveryMs: 0,
        processorStallEveryMs: 0,
        leaseLossEveryMs: 0,
        storeErrorShares: NO_SYSTEM_FAULTS.storeErrorShares,
      });
      expect(hard.faults.processorCrashes, repeatWith(seed, FILE)).toBeGreaterThan(3);
      expect(calm.faults.processorCrashes).toBe(0);
      expect(Object.values(calm.faults.storeErrors)).toEqual([0, 0, 0, 0]);
      expect(digestsOf(hard), repeatWith(seed, FILE)).toEqual(digestsOf(calm));
      expectClean(hard);
    }
  });

  const alone: Record<string, Partial<SystemFaults>> = {
    'links that are slow': { links: { ...NO_SYSTEM_FAULTS.links, delayMs: { min: 0, max: 4000 } } },
    'links that do not come up': {
      links: { ...NO_SYSTEM_FAULTS.links, connectFailureShare: 0.5, cutShare: 0.01 },
    },
    'links that are cut': { links: { ...NO_SYSTEM_FAULTS.links, cutShare: 0.05 } },
    'answers that are lost': { links: { ...NO_SYSTEM_FAULTS.links, lostAnswerShare: 0.1 } },
    'frames that come twice': { links: { ...NO_SYSTEM_FAULTS.links, repeatedShare: 0.3 } },
    'processors that crash': { processorCrashEveryMs: 10_000 },
    'processors that stand still': { processorStallEveryMs: 30_000 },
    'gateways that crash': { gatewayCrashEveryMs: 15_000 },
    'leases that are lost without a pause': { leaseLossEveryMs: 5000 },
    'appends that fail after they were kept': { forgottenAppendShare: 0.1 },
    // Leases that get lost are asked for again, and the partition is begun again.
    'stores that do not answer processors': {
      leaseLossEveryMs: 15_000,
      storeErrorShares: { acquire: 0.3, progressOf: 0.3, read: 0.1, commit: 0.1 },
    },
    outages: { outageEveryMs: 100_000, outageMs: { min: 10_000, max: 80_000 } },
  };
  for (const [name, faults] of Object.entries(alone)) {
    it(`keeps every promise with ${name}`, async () => {
      for (const seed of seeds(1, 6)) {
        const result = await run(seed, { ...NO_SYSTEM_FAULTS, ...faults });
        expectClean(result, name);
        expect(result.readings).toBeGreaterThan(1000);
      }
    });
  }

  it('keeps every promise with all of them together, and processes die at every point of their work', async () => {
    const points = new Set<string>();
    const happened = {
      ...{ stalls: 0, outages: 0, leasesLost: 0, forgotten: 0, late: 0, dropped: 0 },
      ...{ acquire: 0, progressOf: 0, read: 0, commit: 0 },
    };
    for (const seed of seeds(6, 40)) {
      const result = await run(seed, HARD_FAULTS);
      expectClean(result);
      const { faults, audit } = result;
      for (const point in { ...faults.processorCrashPoints, ...faults.gatewayCrashPoints }) points.add(point);
      happened.stalls += faults.processorStalls;
      happened.outages += faults.outages;
      happened.leasesLost += faults.leasesLost;
      happened.forgotten += faults.appendsForgotten;
      for (const call of STORE_CALLS) happened[call] += faults.storeErrors[call];
      happened.late += audit.late;
      happened.dropped += audit.droppedByDevice;
    }
    if (process.env.GAITWAY_SEED !== undefined) return;
    expect([...points]).toEqual(expect.arrayContaining([...PROCESSOR_CRASH_POINTS, ...GATEWAY_CRASH_POINTS]));
    expect(Object.entries(happened).filter(([, count]) => count === 0)).toEqual([]);
  });

  it('keeps every promise with windows of 5 s and readings of one a second', async () => {
    for (const seed of seeds(1, 5)) {
      const result = await simulateSystem({
        seed,
        patients: 10,
        hours: 0.1,
        slotMs: 1000,
        window: { windowMs: 5000, windowOriginMs: 0, windowPhaseSpreadMs: 5000 },
        faults: HARD_FAULTS,
      });
      expectClean(result);
    }
  });
});

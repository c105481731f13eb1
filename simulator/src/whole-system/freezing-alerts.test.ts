import { MemoryArchive, MemoryFanOut, MemoryReadingLog } from '@gaitway/reference-server';
import { expect, it } from 'vitest';
import { simulateSystem } from './simulate.ts';
import { NO_SYSTEM_FAULTS, type SystemFaults } from './system-faults.ts';
import { repeatWith, seeds, TEST_POPULATION } from './testing/seeds.ts';

const FILE = 'freezing-alerts.test.ts';
const PATIENTS = 30;
const MINUTES = 8;

/** Freezing alerts that the archive holds in the end, and how often each was told; and what the run's grades say of them. */
async function play(seed: number, faults: SystemFaults) {
  const archive = new MemoryArchive();
  const told = new Map<string, number>();
  const { grades } = await simulateSystem({
    ...{ seed, patients: PATIENTS, hours: MINUTES / 60, faults, population: TEST_POPULATION },
    parts: {
      stores: { log: new MemoryReadingLog({ partitions: 8, entriesMax: 1e6, ownsRecords: true }), archive },
      fanOut: () => {
        const fanOut = new MemoryFanOut();
        for (let index = 0; index < PATIENTS; index++) {
          fanOut.watchPatient(TEST_POPULATION.personAt(index).patient, (update) => {
            if (update.kind !== 'alert' || update.alert.rule !== 'freezing') return;
            told.set(update.alert.id, (told.get(update.alert.id) ?? 0) + 1);
          });
        }
        return fanOut;
      },
    },
  });
  const all = await archive.alerts({ scope: {}, limit: 1000 });
  const stored = all.filter(({ rule }) => rule === 'freezing').map(({ id }) => id);
  const graded = grades.conditions.find(({ condition }) => condition === 'freezing')!.alerts;
  return { stored: stored.sort(), told, graded };
}

it('freezing is told of slot by slot, once, and the same whether or not processors crash', async () => {
  for (const seed of seeds(1, 5)) {
    const says = repeatWith(seed, FILE);
    const calm = await play(seed, NO_SYSTEM_FAULTS);
    expect(calm.stored.length, says).toBeGreaterThan(0);
    expect([...calm.told].sort(), says).toEqual(calm.stored.map((id) => [id, 1]));
    // A cue: within the slot's end and what the way to a viewer takes, not at the end of a window of a minute.
    expect(calm.graded.p95Ms === null || calm.graded.p95Ms < 20_000, says).toBe(true);
    const hard = await play(seed, {
      ...NO_SYSTEM_FAULTS,
      processorCrashEveryMs: 20_000,
      processorStallEveryMs: 60_000,
      leaseLossEveryMs: 20_000,
      forgottenAppendShare: 0.05,
      storeErrorShares: { acquire: 0.1, progressOf: 0.1, read: 0.05, commit: 0.05 },
    });
    expect(hard.stored, says).toEqual(calm.stored);
    expect([...hard.told.keys()].sort(), says).toEqual(calm.stored);
  }
});

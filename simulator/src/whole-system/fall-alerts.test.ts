import { type Alert, type Clock, uniform } from '@gaitway/contract';
import { MemoryArchive, MemoryFanOut, MemoryReadingLog } from '@gaitway/reference-server';
import { describe, expect, it } from 'vitest';
import { type SimulationOptions, simulateSystem } from './simulate.ts';
import { NEVER, standIn } from './stand-in.ts';
import { NO_SYSTEM_FAULTS, type SystemFaults } from './system-faults.ts';
import { type FallReport, isOfReport, reportFalls } from './testing/fall-reports.ts';
import { HARD_FAULTS } from './testing/hard-faults.ts';
import { repeatWith, seeds, TEST_POPULATION } from './testing/seeds.ts';

const FILE = 'fall-alerts.test.ts';
const PATIENTS = 20;
const FALLS = 24;
const MINUTES = 8;
/** Crashes end a minute before the last reading: whoever hangs later would not live again. */
const DYING_UNTIL_MS = 240_000;

interface Played {
  /** What the archive holds of the reports in the end, by id. What the patients' own wearables tell is none of them. */
  stored: Map<string, Alert>;
  /** The states that were told of each alert, in order. */
  told: Map<string, Alert['state'][]>;
}

/** Plays falls through the whole system; `saving` stands before each save of alerts by a processor. */
async function play(
  seed: number,
  faults: SystemFaults,
  saving: (save: () => Promise<Alert[]>, nowMs: number) => Promise<Alert[]> = (save) => save(),
  over: Partial<SimulationOptions> = {},
): Promise<Played> {
  const archive = new MemoryArchive();
  const log = new MemoryReadingLog({ partitions: 8, entriesMax: 1e6, ownsRecords: true });
  const told: Played['told'] = new Map();
  let clock: Clock | undefined;
  const falls = Array.from({ length: FALLS }, (_, fall): FallReport => {
    const atMs = 40_000 + fall * 12_000 + Math.floor(5000 * uniform(seed, 1, fall));
    return { patientIndex: fall % PATIENTS, atMs };
  });
  await simulateSystem({
    ...{ seed, patients: PATIENTS, hours: MINUTES / 60, faults, population: TEST_POPULATION, ...over },
    parts: {
      stores: { log, archive },
      processorArchive: (own) =>
        standIn(own, { saveAlerts: (alerts) => saving(() => own.saveAlerts(alerts), clock!.monotonicMs()) }),
      fanOut: () => {
        const fanOut = new MemoryFanOut();
        for (let index = 0; index < PATIENTS; index++) {
          fanOut.watchPatient(TEST_POPULATION.personAt(index).patient, (update) => {
            if (update.kind !== 'alert' || update.alert.rule !== 'fall' || !isOfReport(update.alert)) return;
            const { id, state } = update.alert;
            told.set(id, [...(told.get(id) ?? []), state]);
          });
        }
        return fanOut;
      },
    },
    scenario: (system) => {
      clock = system.clock;
      reportFalls(system, TEST_POPULATION, falls);
    },
  });
  const all = await archive.alerts({ scope: {}, limit: 1000 });
  const reported = all.filter((alert) => alert.rule === 'fall' && isOfReport(alert));
  const stored = new Map(reported.map((alert) => [alert.id, alert]));
  return { stored, told };
}

/** One alert for each fall, of which somebody was told first that it was raised, and then the one way that it ended. */
function expectOnce({ stored, told }: Played, says: string): void {
  expect(stored.size, says).toBe(FALLS);
  for (const [id, { state }] of stored) {
    // The same word may be told again, by whoever takes over; an earlier one never after a later one.
    const states = (told.get(id) ?? []).filter((one, index, all) => one !== all[index - 1]);
    expect(states, `${id} ${says}`).toEqual(state === 'raised' ? ['raised'] : ['raised', state]);
  }
  expect(
    [...told.keys()].every((id) => stored.has(id)),
    says,
  ).toBe(true);
}

describe('a fall in the whole system', () => {
  it('is told of once as raised and once as it ended, when nothing fails', async () => {
    const [seed] = seeds(1, 1);
    const played = await play(seed!, NO_SYSTEM_FAULTS);
    expectOnce(played, repeatWith(seed!, FILE));
    const ends = [...played.stored.values()].map(({ state }) => state);
    expect(ends.filter((state) => state === 'confirmed').length).toBeGreaterThan(3);
    expect(ends.filter((state) => state === 'withdrawn').length).toBeGreaterThan(3);
    expect(ends).not.toContain('raised');
    for (const states of played.told.values()) expect(states).toHaveLength(2);
  });

  it('ends the same way whether or not processors crash, stall and lose their leases', async () => {
    for (const seed of seeds(2, 10)) {
      const calm = await play(seed, NO_SYSTEM_FAULTS);
      const hard = await play(seed, {
        ...NO_SYSTEM_FAULTS,
        processorCrashEveryMs: 20_000,
        processorStallEveryMs: 60_000,
        leaseLossEveryMs: 20_000,
        forgottenAppendShare: 0.05,
        storeErrorShares: { acquire: 0.1, progressOf: 0.1, read: 0.05, commit: 0.05 },
      });
      expectOnce(hard, repeatWith(seed, FILE));
      const ends = ({ stored }: Played) => [...stored].map(([id, { state }]) => [id, state]).sort();
      expect(ends(hard), repeatWith(seed, FILE)).toEqual(ends(calm));
    }
  });

  it('is told of although a processor dies right before or right after its alert was saved', async () => {
    for (const seed of seeds(2, 10)) {
      let saves = 0;
      const dies = { before: 0, after: 0 };
      const played = await play(
        seed,
        // Whoever waits for ever in a call that never returns dies at the next crash, and lives again.
        { ...NO_SYSTEM_FAULTS, processorCrashEveryMs: 15_000 },
        async (save, nowMs) => {
          if (nowMs > DYING_UNTIL_MS) return save();
          saves += 1;
          if (saves % 5 === 2) {
            dies.before += 1;
            return NEVER;
          }
          const changed = await save();
          if (saves % 5 !== 4) return changed;
          dies.after += 1;
          return NEVER;
        },
      );
      expectOnce(played, repeatWith(seed, FILE));
      expect(Math.min(dies.before, dies.after), repeatWith(seed, FILE)).toBeGreaterThan(1);
    }
  });

  it('is one alert with everything failing together', async () => {
    for (const seed of seeds(2, 20)) {
      expectOnce(await play(seed, { ...HARD_FAULTS, outageEveryMs: 0 }), repeatWith(seed, FILE));
    }
  });
});

import type { WaveView } from '@gaitway/reference-server';
import { describe, expect, it } from 'vitest';
import { plannedReadings } from '../fleet/schedule.ts';
import { everyFault, UPDATE_FAULTS, type UpdateFaultShares } from '../update/update-faults.ts';
import { type SimulatedSystem, simulateSystem } from './simulate.ts';
import { NO_SYSTEM_FAULTS, type SystemFaults } from './system-faults.ts';
import { HARD_FAULTS } from './testing/hard-faults.ts';
import { FULL, TEST_POPULATION } from './testing/seeds.ts';
import { waveTo } from './testing/update-image.ts';

const NEXT = 0x1040;
const OLD = 0x1000;
/** A fleet: at full depth of more than a thousand. */
const DEVICES = FULL ? 1200 : 150;
const HARD_DEVICES = FULL ? 120 : 60;

/** Plays a fleet that is offered a version, and gives where everybody was at its end. */
async function roll(
  size: { patients: number; hours: number },
  options: {
    seed?: number;
    shares?: UpdateFaultShares;
    faults?: SystemFaults;
    wave?: Parameters<typeof waveTo>[1];
    scenario?: (system: SimulatedSystem) => void;
  } = {},
) {
  const { seed = 1, shares = {}, faults = NO_SYSTEM_FAULTS } = options;
  let system!: SimulatedSystem;
  const result = await simulateSystem({
    ...{ seed, ...size, faults, population: TEST_POPULATION },
    update: { wave: waveTo(NEXT, options.wave), faults: shares },
    scenario: (one) => {
      system = one;
      options.scenario?.(one);
    },
  });
  const { wave, counts } = (await system.server.waves.look()) as WaveView;
  const firmwares = Array.from(
    { length: size.patients },
    (_, index) => system.device(index).program.firmware,
  );
  const { audit } = result;
  expect({ verdict: audit.verdict, reasons: audit.reasons, broken: audit.lost + audit.phantom }).toEqual({
    ...{ verdict: 'holds', reasons: [], broken: 0 },
  });
  return { result, wave, counts, firmwares, updates: result.counters.updates };
}

describe('an update wave over a fleet of light twins', () => {
  it('brings a whole fleet to the next version, and loses no reading that was acknowledged', async () => {
    const { result, wave, counts, firmwares, updates } = await roll({ patients: DEVICES, hours: 0.06 });
    expect({ state: wave.state, group: wave.group, counts }).toEqual({
      ...{ state: 'done', group: 2 },
      counts: { offered: 0, confirmed: DEVICES, failed: 0 },
    });
    expect(new Set(firmwares)).toEqual(new Set([NEXT]));
    expect(updates).toEqual({ confirmed: DEVICES });
    // A chip that is held in reset makes no reading of that slot, and the ring is kept: nothing else is missing.
    expect(result.counters.lostToUpdates).toBeGreaterThanOrEqual(DEVICES);
    expect(result.counters.lostToUpdates).toBeLessThan(2.5 * DEVICES);
    expect(result.counters.all).toMatchObject({ dropped: 0, refused: 0, unacknowledged: 0 });
    const schedule = { seed: 1, devices: DEVICES, startMs: 0, slotMs: 5000, connectMs: 0 };
    const planned = plannedReadings(schedule, 0, 0.06 * 3_600_000);
    expect(result.counters.all.due + result.counters.lostToUpdates).toBe(planned);
  });

  it('stops a bad image in the first group, and everybody is back on the old version', async () => {
    const { wave, counts, firmwares, updates } = await roll(
      { patients: DEVICES, hours: 0.06 },
      { shares: { not_confirmed: 1 }, wave: { underWayMax: 0.06 * DEVICES } },
    );
    expect({ state: wave.state, group: wave.group }).toEqual({ state: 'stopped', group: 0 });
    expect(counts.confirmed).toBe(0);
    expect(counts.failed).toBeLessThanOrEqual(0.12 * DEVICES);
    expect(updates).toEqual({ not_confirmed: counts.failed });
    expect(new Set(firmwares)).toEqual(new Set([OLD]));
  });

  it.each(UPDATE_FAULTS.filter((_, index) => FULL || index % 4 === 0))(
    'brings devices back that fail so, whoever goes on: %s',
    async (fault) => {
      const size = { patients: 40, hours: 0.08 };
      const { counts, firmwares, updates, wave } = await roll(size, {
        shares: { [fault]: 0.3 },
        wave: { groups: [1], failedLeast: size.patients },
      });
      const updated = firmwares.filter((firmware) => firmware === NEXT).length;
      const back = firmwares.filter((firmware) => firmware === OLD).length;
      expect(updated + back).toBe(size.patients);
      expect(counts.offered).toBe(0);
      expect(wave.state).toBe('done');
      const failures = Object.entries(updates).filter(([outcome]) => outcome !== 'confirmed');
      expect(failures).toHaveLength(1);
      const [outcome, times] = failures[0]!;
      expect(outcome).toBe(
        fault === 'cut_restoring' ? 'not_confirmed' : fault.startsWith('cut_') ? 'power_cut' : fault,
      );
      expect(times).toBeGreaterThan(5);
      // Whose modem had not begun to write takes the offer once more when it is connected again.
      if (['cut_offered', 'cut_downloading', 'cut_verifying'].includes(fault)) expect(back).toBe(0);
      else expect(back).toBe(times);
      expect(counts).toEqual({ offered: 0, confirmed: updated, failed: back });
    },
  );

  it('goes on while links are cut, gateways die and come back, and devices fail at every step', async () => {
    for (const seed of FULL ? [2, 3, 4, 5] : [2]) {
      const { counts, firmwares, wave } = await roll(
        { patients: HARD_DEVICES, hours: 0.3 },
        {
          ...{ seed, shares: everyFault(0.2), faults: HARD_FAULTS },
          wave: { failedLeast: HARD_DEVICES, answerMs: 150_000 },
        },
      );
      expect(wave.state).toBe('done');
      const updated = firmwares.filter((firmware) => firmware === NEXT).length;
      expect(new Set(firmwares)).toEqual(new Set([NEXT, OLD]));
      expect(counts).toEqual({ offered: 0, confirmed: updated, failed: HARD_DEVICES - updated });
      expect(updated).toBeGreaterThan(HARD_DEVICES / 3);
    }
  });
});

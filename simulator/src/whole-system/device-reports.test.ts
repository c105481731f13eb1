import { describe, expect, it } from 'vitest';
import { createPopulation } from '../fleet/population.ts';
import { slotStartMs } from '../fleet/schedule.ts';
import { COHORT_DEFAULT } from '../patients/cohort.ts';
import { type SimulatedSystem, simulateSystem } from './simulate.ts';
import { NO_SYSTEM_FAULTS } from './system-faults.ts';

const SEED = 7;
const SLOT_MS = 5000;
const PATIENTS = 3;
const SLOTS = 240;
const population = createPopulation(SEED, SLOT_MS, { ...COHORT_DEFAULT, fallBoost: 20_000 });

async function play(scenario: (system: SimulatedSystem) => void = () => {}) {
  const hours = (SLOTS * SLOT_MS) / 3_600_000;
  const size = { seed: SEED, patients: PATIENTS, hours, faults: NO_SYSTEM_FAULTS };
  const { grades } = await simulateSystem({ ...size, population, scenario });
  return grades.falls!.reports!;
}

describe('the falls that devices report in a simulation', () => {
  it('are not those of whose impact a device knows nothing any more, since it restarted', async () => {
    const before = await play();
    expect(before.unseen).toBe(0);
    let restarts = 0;
    const { reported, unseen } = await play(({ clock, firstSlotMs, device }) => {
      const schedule = { seed: SEED, devices: PATIENTS, startMs: firstSlotMs, slotMs: SLOT_MS, connectMs: 0 };
      for (let index = 0; index < PATIENTS; index++) {
        for (let slot = 0; slot < SLOTS - 2 && restarts < 3; slot++) {
          const told = population.eventOf(index, slot, 0);
          if (told === null) continue;
          restarts += 1;
          // Behind the impact, half a second before it would be told.
          const atMs = slotStartMs(schedule, index, slot) + told.decidedMs - 500;
          clock.setTimer(atMs, () => device(index).reboot(true));
        }
      }
    });
    expect(restarts).toBe(3);
    expect({ reported, unseen }).toEqual({ reported: before.reported - restarts, unseen: 0 });
  });
});

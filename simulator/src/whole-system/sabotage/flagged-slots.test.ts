import { FrameFlag, featureIndex, Placement, type RunGrades } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { type SimulatedSystem, simulateSystem } from '../simulate.ts';
import type { ServerParts } from '../simulated-server.ts';
import { NO_SYSTEM_FAULTS } from '../system-faults.ts';
import { TEST_POPULATION } from '../testing/seeds.ts';
import { answersOtherwise, withScores } from './answers-otherwise.ts';

const PATIENTS = 12;
const SLOTS = 120;
const FLAGGED = { from: 30, to: 50 };
const SAMPLE_COUNT = featureIndex('sampleCount');

const wrists = Array.from({ length: PATIENTS }, (_, index) => index).filter(
  (index) => TEST_POPULATION.placementOf(index) === Placement.wrist,
);
const [unworn, gapped, littleGapped] = wrists as [number, number, number];

/** The device says something of twenty of its slots: flags, and of how many samples they are. */
function flag(system: SimulatedSystem, index: number, flags: number, samples: number): void {
  const twin = system.twin(index);
  const endSlot = twin.endSlot.bind(twin);
  let slot = 0;
  twin.endSlot = (startMs, slotMs, values, ownFlags, ...rest) => {
    const isFlagged = slot >= FLAGGED.from && slot < FLAGGED.to;
    slot += 1;
    if (!isFlagged) return endSlot(startMs, slotMs, values, ownFlags, ...rest);
    const lacking = Int32Array.from(values as ArrayLike<number>);
    lacking[SAMPLE_COUNT] = samples;
    return endSlot(startMs, slotMs, lacking, ownFlags | flags, ...rest);
  };
}

async function gradesWith(parts: ServerParts): Promise<RunGrades> {
  const { grades } = await simulateSystem({
    ...{ seed: 11, patients: PATIENTS, hours: (SLOTS * 5) / 3600, population: TEST_POPULATION },
    ...{ faults: NO_SYSTEM_FAULTS, parts },
    scenario: (system) => {
      flag(system, unworn, FrameFlag.offWrist, 250);
      flag(system, gapped, FrameFlag.gap, 200);
      flag(system, littleGapped, FrameFlag.gap, 240);
    },
  });
  return grades;
}

const tremorOf = ({ conditions }: RunGrades) => conditions.find(({ condition }) => condition === 'tremor')!;
const FLAGGED_SLOTS = FLAGGED.to - FLAGGED.from;

describe('slots of which the device itself says that they show too little', () => {
  it('need no answer where it was not worn or too much is missing, and one where enough is there', async () => {
    const grades = await gradesWith({});
    const tremor = tremorOf(grades);
    expect(tremor.excused).toMatchObject({ not_worn: FLAGGED_SLOTS, gap: FLAGGED_SLOTS });
    expect(tremor).toMatchObject({ coverage: 1, missing: 0, refused: 0 });
    expect(grades.verdict).toBe('holds');
  });

  it('excuse no other: a server that calls what it likes not worn is refused the excuse', async () => {
    // It says nothing of the slot of the gap that leaves enough, nor of as many of somebody whose device said nothing.
    const silent = answersOtherwise((document) =>
      document.slots.map((slot) =>
        slot.seq >= FLAGGED.from && slot.seq < FLAGGED.to ? withScores(slot, () => null) : slot,
      ),
    );
    const { excused, refused, coverage } = tremorOf(await gradesWith(silent));
    expect(excused).toMatchObject({ not_worn: FLAGGED_SLOTS, gap: FLAGGED_SLOTS });
    expect(refused).toBe((wrists.length - 2) * FLAGGED_SLOTS);
    expect(coverage).toBeLessThan(0.99);
  });
});

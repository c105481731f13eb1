import { expect, it } from 'vitest';
import { ARCHETYPES } from './archetypes.ts';
import { COHORT_DEFAULT } from './cohort.ts';
import { emptySlotEntry, findSlotEntry } from './label.ts';
import { traitsOf } from './traits.ts';

const SEED = 11;
const AT_TWO = { ...COHORT_DEFAULT, startHour: 2 };

it('sleepers turn over now and then', () => {
  const entry = emptySlotEntry();
  let asleep = 0;
  let turning = 0;
  for (let patient = 0; patient < 60; patient++) {
    const traits = traitsOf(SEED, patient, AT_TWO);
    for (let slot = 0; slot < 120; slot++) {
      findSlotEntry(SEED, patient, slot, traits, AT_TWO, entry);
      const { state, grade } = ARCHETYPES[entry.archetype]!;
      if (state !== 'sleep') continue;
      asleep += 1;
      turning += grade;
    }
  }
  expect(asleep).toBeGreaterThan(5000);
  // Three times the standard error of a share of 0.03 among 5,000.
  expect(Math.abs(turning / asleep - 0.03)).toBeLessThan(0.008);
});

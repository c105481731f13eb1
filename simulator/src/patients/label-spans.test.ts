import { describe, expect, it } from 'vitest';
import { ARCHETYPES, TAKES_PER_BODY } from './archetypes.ts';
import { COHORT_DEFAULT, type Cohort } from './cohort.ts';
import { emptySlotEntry, findSlotEntry, sameArchetypeUntil, takeOfSlot } from './label.ts';
import { traitsOf } from './traits.ts';

const SEED = 5;
const SLOTS = 240;

/** Walks from span to span and holds each slot in them to the entry that is found for it alone. Returns their lengths, and the states that they were of. */
function walkSpans(patient: number, cohort: Cohort): { lengths: number[]; states: string[] } {
  const traits = traitsOf(SEED, patient, cohort);
  const entry = emptySlotEntry();
  const alone = emptySlotEntry();
  const lengths: number[] = [];
  const states: string[] = [];
  for (let slot = 0; slot < SLOTS; ) {
    findSlotEntry(SEED, patient, slot, traits, cohort, entry);
    const until = sameArchetypeUntil(SEED, patient, slot, traits, entry);
    const wrong: number[] = [];
    for (let next = slot; next < until; next++) {
      findSlotEntry(SEED, patient, next, traits, cohort, alone);
      const variant = traits.body * TAKES_PER_BODY + takeOfSlot(SEED, patient, next);
      if (alone.archetype !== entry.archetype || alone.variant !== variant) wrong.push(next);
    }
    expect(wrong, `slots of patient ${patient} in the span from ${slot} to ${until}`).toEqual([]);
    lengths.push(until - slot);
    states.push(ARCHETYPES[entry.archetype]!.state);
    slot = Math.max(slot + 1, until);
  }
  return { lengths, states };
}

describe('slots in a row that differ by their takes alone', () => {
  it.each([
    ['by day', COHORT_DEFAULT],
    ['when bedtime comes', { ...COHORT_DEFAULT, startHour: 22.4 }],
    [
      'with falls, freezes and confounders',
      { ...COHORT_DEFAULT, fallBoost: 5000, freezerShare: 1, hardNegativeShare: 0.4 },
    ],
  ])('are what each of them is for itself, %s', (_, cohort) => {
    const walks = Array.from({ length: 150 }, (_, patient) => walkSpans(patient, cohort));
    const lengths = walks.flatMap((walk) => walk.lengths);
    const states = new Set(walks.flatMap((walk) => walk.states));
    expect(states).toContain(cohort.startHour > 22 ? 'sleep' : 'walking');
    if (cohort.fallBoost > 1) {
      expect([...states]).toEqual(expect.arrayContaining(['falling', 'lying', 'freezing']));
      // Who lies after a fall has the fall's take.
      expect(Math.min(...lengths)).toBe(0);
    }
  });

  it('are many: a reading seldom needs its truth worked out', () => {
    const lengths = Array.from({ length: 150 }, (_, patient) => walkSpans(patient, COHORT_DEFAULT).lengths);
    const spans = lengths.flat().length;
    expect((150 * SLOTS) / spans).toBeGreaterThan(4);
  });
});

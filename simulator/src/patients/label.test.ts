import { describe, expect, it } from 'vitest';
import { label, type SlotLabel } from './label.ts';
import { traitsOf } from './traits.ts';

const SEED = 11;
const day = (patient: number, slots = 720): SlotLabel[] =>
  Array.from({ length: slots }, (_, slot) => label(SEED, patient, slot));

/** Lengths of unbroken runs, in slots. */
function runsOf(values: readonly string[]): number[] {
  const runs: number[] = [];
  values.forEach((value, i) => {
    if (i > 0 && value === values[i - 1]) runs[runs.length - 1]! += 1;
    else runs.push(1);
  });
  return runs;
}

describe('the label of a slot', () => {
  it('is a function of seed, patient and slot, whatever was asked before', () => {
    const forward = day(3, 60);
    const backward = Array.from({ length: 60 }, (_, i) => label(SEED, 3, 59 - i)).reverse();
    expect(backward).toEqual(forward);
    expect(Array.from({ length: 60 }, (_, slot) => label(SEED + 1, 3, slot))).not.toEqual(forward);
  });

  it('dwells: activities last from a quarter of a minute to minutes', () => {
    const runs = Array.from({ length: 40 }, (_, patient) =>
      runsOf(day(patient).map(({ state }) => state)),
    ).flatMap((all) =>
      // The first and the last are cut off by where we looked.
      all.slice(1, -1),
    );
    expect(Math.min(...runs)).toBeGreaterThanOrEqual(3);
    const sorted = runs.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(runs.length / 2)]).toBeGreaterThanOrEqual(5);
    expect(sorted[Math.floor(runs.length * 0.95)]).toBeGreaterThanOrEqual(15);
    expect(Math.max(...runs)).toBeLessThan(400);
  });

  it('spreads time over rest, daily activity and walking', () => {
    const all = Array.from({ length: 200 }, (_, patient) => day(patient, 240)).flat();
    const share = (is: (one: SlotLabel) => boolean): number => all.filter(is).length / all.length;
    expect(share(({ state }) => state === 'rest')).toBeCloseTo(0.5, 1);
    expect(share(({ state }) => state === 'daily')).toBeCloseTo(0.32, 1);
    expect(share(({ state }) => state === 'walking')).toBeCloseTo(0.18, 1);
    expect(share(({ confounder }) => confounder)).toBeGreaterThan(0.005);
  });

  it('has a tremor only at rest, only in those who tremble, at a frequency and strength of rest tremor', () => {
    let trembling = 0;
    for (let patient = 0; patient < 60; patient++) {
      const { tremorGrade } = traitsOf(SEED, patient);
      for (const one of day(patient, 240)) {
        expect(one.tremor).toBe(one.tremorAmplitudeDeg > 0);
        expect(one.cadence > 0).toBe(one.state === 'walking');
        if (!one.tremor) continue;
        trembling += 1;
        expect(one.state).toBe('rest');
        expect(tremorGrade).toBeGreaterThan(0);
        expect(one.tremorHz).toBeGreaterThanOrEqual(3.9);
        expect(one.tremorHz).toBeLessThanOrEqual(6.4);
        expect(one.tremorAmplitudeDeg).toBeLessThan(30);
      }
    }
    expect(trembling).toBeGreaterThan(1000);
  });

  it('gives a patient one tremor frequency and one cadence, more or less', () => {
    for (let patient = 0; patient < 30; patient++) {
      const frequencies = day(patient)
        .filter(({ tremor }) => tremor)
        .map(({ tremorHz }) => tremorHz);
      if (frequencies.length > 0) expect(Math.max(...frequencies) - Math.min(...frequencies)).toBeLessThan(1);
    }
  });
});

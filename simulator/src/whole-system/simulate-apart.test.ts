import { describe, expect, it } from 'vitest';
import { createPopulation } from '../fleet/population.ts';
import { cellsOf, PATIENTS_PER_CELL } from './cells.ts';
import { playCell, simulateSystem } from './simulate.ts';
import { simulateApart } from './simulate-apart.ts';
import { mergeSystems } from './simulation-result.ts';
import { HARD_FAULTS } from './testing/hard-faults.ts';
import { FULL } from './testing/seeds.ts';

const OPTIONS = { seed: 5, patients: 10, hours: 0.05, faults: HARD_FAULTS };

describe('a simulation apart', () => {
  it('gives in a thread of its own what it gives in this one, and tells how far it is', async () => {
    const told: number[] = [];
    const apart = await simulateApart({ ...OPTIONS, progress: ({ readings }) => told.push(readings) });
    expect(apart).toEqual(await simulateSystem({ ...OPTIONS, progress: () => {} }));
    expect(told.length).toBeGreaterThan(5);
    expect(told.at(-1)).toBeGreaterThan(0.8 * apart.readings);
  });

  it.runIf(FULL)('gives for several cells the same with one thread, with two, and without any', async () => {
    const hours: number[] = [];
    const cut = { ...OPTIONS, patients: 9, patientsPerCell: 4 };
    const two = await simulateApart({ ...cut, threads: 2, progress: (done) => hours.push(done.hours) });
    expect(await simulateApart({ ...cut, threads: 1, progress: () => {} })).toEqual(two);
    const systems = [];
    for (const cell of cellsOf(OPTIONS.seed, 9, 4)) {
      systems.push(await playCell(cell, { ...OPTIONS, patients: 9, progress: () => {} }));
    }
    expect(mergeSystems({ ...OPTIONS, patients: 9 }, systems)).toEqual(two);
    expect(two.audit).toMatchObject({ verdict: 'holds', reasons: [], lost: 0 });
    // 36 slots of 5 s; the last one ends when nothing more is measured.
    expect(two.readings).toBe(9 * 35);
    expect(hours).toEqual(hours.toSorted((a, b) => a - b));
    expect(hours.at(-1)).toBeCloseTo(OPTIONS.hours);
  });

  it('is bad as soon as one of its cells is', async () => {
    const [good, bad] = cellsOf(OPTIONS.seed, 8, 4);
    const options = { ...OPTIONS, patients: 8 };
    const systems = [await playCell(good!, options), await playCell(bad!, options)];
    const { audit } = systems[1]!;
    const lost = { ...systems[1]!, audit: { ...audit, verdict: 'fails' as const, lost: 3 } };
    expect(mergeSystems(options, [systems[0]!, lost]).audit).toMatchObject({ verdict: 'fails', lost: 3 });
    const unknown = {
      ...systems[1]!,
      audit: { ...audit, verdict: 'no-verdict' as const, reasons: ['none'] },
    };
    expect(mergeSystems(options, [systems[0]!, unknown]).audit).toMatchObject({
      verdict: 'no-verdict',
      reasons: ['none'],
    });
  });

  it('rejects with what went wrong in the thread', async () => {
    await expect(simulateApart({ ...OPTIONS, workers: 0.5 })).rejects.toThrow('holds no history');
  });
});

describe('cells', () => {
  it('hold every patient once, evenly, each with a seed of its own; few patients are one cell with the seed', () => {
    expect(cellsOf(7, PATIENTS_PER_CELL)).toEqual([
      { seed: 7, patients: PATIENTS_PER_CELL, firstPatient: 0 },
    ]);
    const cells = cellsOf(7, 2 * PATIENTS_PER_CELL + 1);
    expect(cells.map(({ firstPatient }) => firstPatient)).toEqual([0, 333, 667]);
    expect(cells.map(({ patients }) => patients)).toEqual([333, 334, 334]);
    expect(new Set(cells.map(({ seed }) => seed)).size).toBe(3);
  });

  it('play the patients of the whole', async () => {
    const all = createPopulation(OPTIONS.seed);
    const persons: string[] = [];
    for (const cell of cellsOf(OPTIONS.seed, 5, 2)) {
      await playCell(cell, { ...OPTIONS, hours: 0.02, population: { ...all, personAt: noted } });
    }
    function noted(index: number) {
      const person = all.personAt(index);
      persons.push(person.patient);
      return person;
    }
    expect(new Set(persons)).toEqual(new Set([0, 1, 2, 3, 4].map((index) => all.personAt(index).patient)));
  });
});

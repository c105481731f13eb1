import { expect, it } from 'vitest';
import { simulateSystem } from './simulate.ts';
import { simulateApart } from './simulate-apart.ts';
import { HARD_FAULTS } from './testing/hard-faults.ts';

const OPTIONS = { seed: 5, patients: 10, hours: 0.05, faults: HARD_FAULTS };

it('gives in a thread of its own what it gives in this one, and tells how far it is', async () => {
  const told: number[] = [];
  const apart = await simulateApart({ ...OPTIONS, progress: ({ readings }) => told.push(readings) });
  expect(apart).toEqual(await simulateSystem({ ...OPTIONS, progress: () => {} }));
  expect(told.length).toBeGreaterThan(5);
  expect(told.at(-1)).toBeGreaterThan(0.8 * apart.readings);
});

it('rejects with what went wrong in the thread', async () => {
  await expect(simulateApart({ ...OPTIONS, workers: 0.5 })).rejects.toThrow('holds no history');
});

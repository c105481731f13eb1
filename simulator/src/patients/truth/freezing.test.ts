import { expect, it } from 'vitest';
import { drawFreezes, type Freezes } from './freezing.ts';

const WALKS = 4000;
const SLOTS = 12;

it('a sixth of the freezes is akinetic: the leg does not tremble', () => {
  const into: Freezes = { slots: 0, fromSecond: 0, toSecond: 0, akinetic: false };
  let freezes = 0;
  let akinetic = 0;
  for (let walk = 0; walk < WALKS; walk++) {
    drawFreezes(7, walk, SLOTS, 2, 3, into);
    if (into.toSecond === into.fromSecond) continue;
    freezes += 1;
    if (into.akinetic) akinetic += 1;
  }
  expect(freezes).toBeGreaterThan(500);
  // Three times the standard error of a share of 0.17 among 500.
  expect(Math.abs(akinetic / freezes - 0.17)).toBeLessThan(0.05);
});

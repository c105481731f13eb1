import { AUDIT_CATEGORIES } from '@gaitway/contract';
import type { SimulationResult } from '@gaitway/simulator';
import { expect, it } from 'vitest';
import { describeSimulation } from './simulation-text.ts';

/** A result with one example of every category, and as many readings in each as its place in the list says. */
function resultWithOneOfEach(): SimulationResult {
  const counts = Object.fromEntries(AUDIT_CATEGORIES.map((category, at) => [category, at + 1]));
  const examples = AUDIT_CATEGORIES.map((category) => ({ category, says: `one that is ${category}` }));
  return {
    readings: 100,
    windows: 10,
    faults: {
      processorCrashes: 0,
      processorStalls: 0,
      storeErrors: {},
      outages: 0,
      reconnects: 0,
      retransmitted: 0,
    },
    audit: { verdict: 'fails', reasons: [], examples, ...counts },
    grades: { conditions: [], reasons: ['nobody knows'] },
    fleetDigest: 'a',
    archiveDigest: 'b',
  } as unknown as SimulationResult;
}

it('what is shown of a simulation as findings are broken promises, not what is allowed', () => {
  const lines = describeSimulation(resultWithOneOfEach(), 1);
  expect(lines.filter((line) => line.startsWith('  '))).toEqual([
    '  one that is lost',
    '  one that is duplicated',
    '  one that is phantom',
    '  one that is misattributed',
    '  one that is wrongContent',
    '  one that is staleAtViewer',
    '  one that is seenByForbiddenViewer',
  ]);
  expect(lines).toContain('Grades: none (nobody knows).');
  // Those that were shown to viewers count too.
  expect(lines.join('\n')).toMatch(/\b34 broken promises; 6 late, 7 dropped .*, 8 stored without/);
});

import type { RunGrades } from '@gaitway/contract';
import { expect, it } from 'vitest';
import { FULL, gaitway, unbroken } from './binary.fixture.ts';

it.runIf(FULL)(
  'gaitway simulate plays the cohort that is named, and grades its answers against it',
  async () => {
    const words = ['simulate', '--patients', '3', '--hours', '0.03', '--faults', 'none', '--json'];
    const { code, stdout, stderr } = await gaitway([...words, '--cohort', 'freezers']);
    expect(code).toBe(0);
    expect(unbroken(stderr)).toMatch(/3 synthetic patients of the cohort freezers, 0\.03 h/);
    const { grades, audit } = JSON.parse(stdout) as { grades: RunGrades; audit: { verdict: string } };
    // They wear it at the shank, where nobody can tell a tremor; of the usual cohort some wear it at the wrist.
    expect(grades.conditions.map(({ condition }) => condition)).toEqual(['gait', 'freezing']);
    expect(audit.verdict).toBe('holds');
  },
);

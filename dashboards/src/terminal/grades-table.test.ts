import type { RunGrades } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { gradesLine } from './grades-line.ts';
import { renderGradesTable } from './grades-table.ts';

const ALERTS = { count: 3, p50Ms: 800, p90Ms: 1500, p95Ms: 1500, maxMs: 1500, withoutEvent: 1 };
const GRADES: RunGrades = {
  ...{ verdict: 'fails', reasons: ['tremor: 98996 of 100000 slots were answered'], misplaced: 0 },
  conditions: [
    {
      condition: 'tremor',
      excused: { placement: 30 },
      ...{ expected: 100_000, answered: 98_996, missing: 1004, late: 0, refused: 0, coverage: 0.98996 },
      ...{ positives: 20_000, truePositives: 18_000, trueNegatives: 78_000, sensitivity: 0.9 },
      ...{ specificity: 0.975, auroc: 0.9514, calibrationError: null },
      events: { events: 5, found: 4, falseAlarms: 1 },
      alerts: ALERTS,
    },
  ],
  falls: { events: 10, found: 8, falseAlarms: 2, alerts: { ...ALERTS, count: 0, withoutEvent: 0 } },
};

describe('grades on a screen', () => {
  const text = renderGradesTable(GRADES, { columns: 100, colour: false });

  it('say what was found of each condition, and why not', () => {
    expect(text).toMatch(/^FAILS {2}grades/);
    expect(text).toMatch(/tremor +│ 20,000 of 100,000 +│ 0\.9899 +│ - +│ 0\.900 +│ 0\.975 +│ 0\.951 /);
    expect(text).toContain('tremor: calibration error -; 4 of 5 events found, 1 false alarms.');
    expect(text).toContain('tremor: needs no answer for 30 (placement) slots.');
    expect(text).toMatch(
      /tremor: 3 alerts at viewers, from onset p50 800 ms, p95 1\.50 s; 1 alerts without an event\./,
    );
    expect(text).toContain('falls: 8 of 10 found, 2 false alarms.');
    expect(text).toContain('- tremor: 98996 of 100000 slots were answered');
  });

  it('name falls that were made frequent', () => {
    const boosted: RunGrades = { ...GRADES, fallBoost: 400 };
    expect(renderGradesTable(boosted, { columns: 100, colour: false })).toContain(
      "falls (400 times as frequent as people's): 8 of 10 found",
    );
    expect(gradesLine(boosted)).toMatch(/coverage 0\.9899\. Falls are 400 times as frequent as people's\.$/);
  });

  it('fit into one line, in which coverage is rounded down', () => {
    expect(gradesLine(GRADES)).toBe(
      'Grades: tremor AUROC 0.951, sensitivity 0.900, specificity 0.975, coverage 0.9899.',
    );
    const none: RunGrades = { ...GRADES, conditions: [], reasons: ['nobody knows'] };
    expect(gradesLine(none)).toBe('Grades: none (nobody knows).');
    expect(renderGradesTable(none, { columns: 80, colour: false })).toContain('- nobody knows');
  });
});

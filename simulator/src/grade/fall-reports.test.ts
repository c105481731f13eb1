import { describe, expect, it } from 'vitest';
import { createPopulation } from '../fleet/population.ts';
import { COHORT_DEFAULT } from '../patients/cohort.ts';
import { simulateSystem } from '../whole-system/simulate.ts';
import { NO_SYSTEM_FAULTS } from '../whole-system/system-faults.ts';
import { countReports, reportsOf } from './fall-reports.ts';

const report = (atMs: number) => ({ atMs, dueMs: atMs + 2000 });
const fall = (atMs: number, seenAtMs: number | null) => ({ rule: 'fall', atMs, seenAtMs });

describe('reports of falls', () => {
  it('are late from when they were due, not from the fall', () => {
    const counted = countReports([report(1000), report(50_000)], [fall(1000, 3400), fall(50_000, 52_100)]);
    expect(counted).toEqual({ delaysMs: [400, 100], unseen: 0 });
    expect(reportsOf(counted)).toEqual({ reported: 2, unseen: 0, p50Ms: 100, p95Ms: 400, maxMs: 400 });
  });

  it('belong to an alert that names their moment, give or take what a clock may be off', () => {
    expect(countReports([report(1000)], [fall(1150, 3400)]).delaysMs).toEqual([400]);
    expect(countReports([report(1000)], [fall(1300, 3400)]).unseen).toBe(1);
    expect(countReports([report(1000)], [{ ...fall(1000, 3400), rule: 'freezing' }]).unseen).toBe(1);
  });

  it('that nobody was shown are later than all others, and no figure is made up for them', () => {
    const reports = Array.from({ length: 10 }, (_, at) => report(10_000 * at));
    const alerts = reports.slice(1).map(({ atMs, dueMs }) => fall(atMs, dueMs + 50));
    const counted = countReports(reports, [...alerts, fall(0, null)]);
    expect(reportsOf(counted)).toEqual({ reported: 10, unseen: 1, p50Ms: 50, p95Ms: null, maxMs: 50 });
    expect(reportsOf({ delaysMs: [], unseen: 0 })).toBeUndefined();
  });

  it('reach the viewers of the whole system within two seconds, none left out', async () => {
    const seed = 7;
    const population = createPopulation(seed, 5000, { ...COHORT_DEFAULT, fallBoost: 20_000 });
    const { grades } = await simulateSystem({
      ...{ seed, patients: 5, hours: 0.5, faults: NO_SYSTEM_FAULTS, population },
    });
    const { reported, unseen, p95Ms } = grades.falls!.reports!;
    expect(reported).toBeGreaterThan(5);
    expect(unseen).toBe(0);
    expect(p95Ms).toBeGreaterThan(0);
    expect(p95Ms).toBeLessThan(2000);
  });
});

import { cohortNamed } from '@gaitway/scenarios';
import { playHeldOut } from '@gaitway/simulator';
import { describe, expect, it } from 'vitest';
import { qualityRows } from './quality-rows.ts';

const cohort = {
  ...cohortNamed('held-out-falls'),
  ...{ fallBoost: 3000, freezerShare: 1, startHour: 9, placement: { wrist: 0.5, shank: 0.5 } },
};

describe('the rows of quality', async () => {
  const people = await playHeldOut({ seed: 90_200, patients: 12, hours: 1, cohort });
  const rows = qualityRows({ ordinary: people, falling: people });
  const rowOf = (name: string) => rows.find(({ row }) => row === `quality, ${name}`)!;

  it('are one of each kind, each with a figure', () => {
    expect(new Set(rows.map(({ row }) => row)).size).toBe(rows.length);
    for (const { row, median } of rows) expect(median, row).not.toBeNaN();
  });

  it('miss the goals of counts with too few people, whatever the answers are worth', () => {
    for (const name of ['patient-hours', 'falls, boosted', 'freezes at the shank'])
      expect(rowOf(name), name).toMatchObject({ result: 'missed' });
    expect(rowOf('patient-hours').median).toBeCloseTo(12, 9);
    expect(rowOf('hard negatives of waking slots').median).toBeGreaterThan(2);
    expect(rowOf('slots answered')).toMatchObject({ median: 1, result: 'met' });
  });

  it('have an interval around each figure, and what is there without a model beside it', () => {
    for (const name of [
      'rest tremor, AUROC, all waking slots',
      'freezing, sensitivity',
      'falls, sensitivity, alerts that stood',
    ]) {
      const { median, least, most, alternative } = rowOf(name);
      expect(least, name).toBeLessThan(median);
      expect(most, name).toBeGreaterThan(median);
      expect(alternative, name).toMatchObject({
        median: expect.any(Number),
        name: expect.stringMatching(/./),
      });
    }
    // A threshold of 3 g alone hears every clap and knock.
    const { median, alternative } = rowOf('falls, false alarms a patient-day, alerts that stood');
    expect(alternative!.median).toBeGreaterThan(10 * Math.max(1, median));
  });
});

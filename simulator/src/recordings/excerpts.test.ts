import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PUBLISHED_FREEZE_INDEX } from '../grade/freeze-index.ts';
import { slowBandAgreement } from './band-agreement.fixture.ts';
import { gradeRecording, poolRecordings } from './grade-recording.ts';
import { readRecording } from './read-recording.ts';
import { readWindowLabels } from './window-labels.ts';

const FOLDER = fileURLToPath(new URL('./fixtures', import.meta.url));
const SHANK = ['S01R02', 'S02R02', 'S03R02', 'S06R02'];
const file = (name: string) => join(FOLDER, `${name}.csv.gz`);

const gradeShank = async (name: string) => gradeRecording(await readRecording(file(name)), 'shank');
const gradeWrist = async () =>
  gradeRecording(
    await readRecording(file('wrist-imu')),
    'wrist',
    await readWindowLabels(file('tremor-windows')),
  );

describe('the excerpts of real recordings', () => {
  it('are small', () => {
    const bytes = readdirSync(FOLDER).reduce((sum, name) => sum + statSync(join(FOLDER, name)).size, 0);
    expect(bytes).toBeLessThan(300_000);
  });

  it('of shanks are two minutes of slots each, at the rate of the data set', async () => {
    for (const name of SHANK) {
      const { grade } = await gradeShank(name);
      expect(grade).toMatchObject({ placement: 'shank', gyroscope: false, slots: 24, gaps: { count: 0 } });
      expect(grade.rateHz).toBeCloseTo(64, 1);
      // What looks at rotation, and what belongs to a wrist, says nothing of it; that a leg walks is seen without.
      for (const { condition, scored } of grade.ungraded)
        expect({ condition, scored }).toEqual({ condition, scored: condition === 'gait' ? 24 : 0 });
    }
  });

  it('of shanks: the published freeze index tells freezes from the rest', async () => {
    const graded = await Promise.all(SHANK.map(gradeShank));
    const pooled = poolRecordings(graded).find(({ method }) => method === PUBLISHED_FREEZE_INDEX)!;
    expect(pooled).toMatchObject({
      condition: 'freezing',
      cases: 96,
      notAssessable: 0,
      calibrationError: null,
    });
    expect(pooled.positives).toBeGreaterThan(15);
    expect(pooled.auroc!.value).toBeGreaterThan(0.8);
    expect(pooled.specificity!.value).toBeGreaterThan(0.65);
    expect(pooled.events!.sensitivity!.value).toBeGreaterThan(0.7);
    // One recording has no freeze: nothing can be said of what would have been found.
    const calm = graded[SHANK.indexOf('S06R02')]!.grade.graded.find(
      ({ method }) => method === PUBLISHED_FREEZE_INDEX,
    )!;
    expect(calm).toMatchObject({ positives: 0, sensitivity: null, auroc: null });
  });

  it('of a wrist: the tremor model follows the labels of another toolbox', async () => {
    const { grade } = await gradeWrist();
    expect(grade).toMatchObject({ placement: 'wrist', gyroscope: true, slots: 14 });
    const [tremor] = grade.graded;
    expect(tremor).toMatchObject({ condition: 'tremor', method: 'model', cases: 14 });
    expect(tremor!.positives).toBeGreaterThan(3);
    expect(tremor!.auroc!.value).toBeGreaterThan(0.6);
    expect(tremor!.calibrationError).not.toBeNull();
    expect(grade.ungraded.map(({ condition }) => condition)).toContain('gait');
  });

  it('of a wrist: band energies go with those that another toolbox found', async () => {
    expect(await slowBandAgreement(file('wrist-imu'), file('tremor-windows'))).toBeGreaterThan(0.7);
  });

  it('without a gyroscope nothing is said of tremor, and why', async () => {
    const recording = await readRecording(file('wrist-imu'));
    const { grade } = gradeRecording(
      { ...recording, gyro: [] },
      'wrist',
      await readWindowLabels(file('tremor-windows')),
    );
    expect(grade.graded[0]).toMatchObject({ condition: 'tremor', cases: 0, notAssessable: 14, auroc: null });
    expect(grade.notes.join(' ')).toMatch(/no gyroscope, and these heads look at rotation: tremor/);
  });

  it('without labels there are scores and no grades, and why', async () => {
    const { grade, cases } = gradeRecording(await readRecording(file('wrist-imu')), 'wrist');
    expect(cases).toEqual([]);
    expect(grade.graded).toEqual([]);
    expect(grade.ungraded.find(({ condition }) => condition === 'tremor')).toMatchObject({
      slots: 14,
      scored: 14,
    });
    expect(grade.notes.join(' ')).toMatch(/there are scores, and no grades/);
  });

  it('give the same grades at another rate: every second sample of 100 Hz', async () => {
    const recording = await readRecording(file('wrist-imu'));
    const half = (axis: Float64Array) => axis.filter((_, i) => i % 2 === 0);
    const halved = {
      ...recording,
      ...{
        timesMs: half(recording.timesMs),
        accel: recording.accel.map(half),
        gyro: recording.gyro.map(half),
      },
      rateHz: 50,
    };
    const labels = await readWindowLabels(file('tremor-windows'));
    const [one] = gradeRecording(recording, 'wrist', labels).grade.graded;
    const [other] = gradeRecording(halved, 'wrist', labels).grade.graded;
    expect(Math.abs(one!.auroc!.value - other!.auroc!.value)).toBeLessThan(0.05);
  });

  it('have gaps that become missing samples: slots that lack too many are not scored', async () => {
    const recording = await readRecording(file('wrist-imu'));
    const fromMs = recording.timesMs[0]! + 10_000;
    const keep = (axis: Float64Array) =>
      axis.filter((_, i) => recording.timesMs[i]! <= fromMs || recording.timesMs[i]! >= fromMs + 7000);
    const cut = {
      ...recording,
      ...{
        timesMs: keep(recording.timesMs),
        accel: recording.accel.map(keep),
        gyro: recording.gyro.map(keep),
      },
      gaps: [{ line: 1002, fromMs, toMs: fromMs + 7000 }],
    };
    const { grade } = gradeRecording(cut, 'wrist', await readWindowLabels(file('tremor-windows')));
    expect(grade.gaps).toEqual({ count: 1, seconds: 7, firstLine: 1002 });
    expect(grade.graded[0]).toMatchObject({ cases: 12, notAssessable: 2 });
  });
});

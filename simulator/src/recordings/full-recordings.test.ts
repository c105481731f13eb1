import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FOURIER_FREEZE_INDEX } from '../grade/fourier-freeze-index.ts';
import { PUBLISHED_FREEZE_INDEX } from '../grade/freeze-index.ts';
import { slowBandAgreement } from './band-agreement.fixture.ts';
import { gradeRecording, poolRecordings } from './grade-recording.ts';
import { readRecording } from './read-recording.ts';
import { readWindowLabels } from './window-labels.ts';

/** The folder of whole recordings, no part of the project; named and not there, the suite fails. */
const { GAITWAY_RECORDINGS: FOLDER } = process.env;
const SHANK = ['S01R02', 'S02R02', 'S03R02', 'S06R02'];
const PUBLISHED: readonly string[] = [PUBLISHED_FREEZE_INDEX, FOURIER_FREEZE_INDEX];
const file = (...path: string[]) => join(FOLDER!, ...path);

describe.runIf(FOLDER)('the whole recordings of real people', () => {
  it('of shanks: freezes are told by the published index, and by a model if there is one', async () => {
    const graded = await Promise.all(
      SHANK.map(async (name) =>
        gradeRecording(await readRecording(file('daphnet', `${name}.csv.gz`)), 'shank'),
      ),
    );
    for (const head of poolRecordings(graded)) {
      expect(head, head.method).toMatchObject({ condition: 'freezing', cases: 407, positives: 38 });
      expect(head.auroc!.value, head.method).toBeGreaterThan(0.88);
      // The floors of the models: one threshold for all files.
      if (PUBLISHED.includes(head.method)) continue;
      expect(head.sensitivity!.value).toBeGreaterThanOrEqual(0.85);
      expect(head.specificity!.value).toBeGreaterThanOrEqual(0.8);
    }
  });

  it('of a wrist: band energies go with those that another toolbox found', async () => {
    const agreement = await slowBandAgreement(
      file('paradigma', 'wrist-imu.csv.gz'),
      file('paradigma', 'tremor-windows.csv.gz'),
    );
    expect(agreement).toBeGreaterThan(0.95);
  });

  it('of a wrist: tremor', async () => {
    const { grade } = gradeRecording(
      await readRecording(file('paradigma', 'wrist-imu.csv.gz')),
      'wrist',
      await readWindowLabels(file('paradigma', 'tremor-windows.csv.gz')),
    );
    const tremor = grade.graded.find(({ condition }) => condition === 'tremor')!;
    expect(tremor).toMatchObject({ cases: 146, positives: 13 });
    expect(tremor.auroc!.value).toBeGreaterThanOrEqual(0.85);
  });
});

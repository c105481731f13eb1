import { evaluateSlo, Placement, parseThresholds, type RunGrades } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { noGradeCounts } from '../../grade/grade-counts.ts';
import { gradeMeasurements } from '../../grade/grade-measurements.ts';
import { GRADE_PROMISES, GRADE_PROMISES_OF_MANY } from '../../grade/grade-promises.ts';
import { gradesOf } from '../../grade/run-grades.ts';
import { truthOfRun } from '../../grade/run-truth.ts';
import { simulateSystem } from '../simulate.ts';
import type { ServerParts } from '../simulated-server.ts';
import { NO_SYSTEM_FAULTS, SYSTEM_FAULTS_DEFAULT, type SystemFaults } from '../system-faults.ts';
import { FULL, TEST_POPULATION } from '../testing/seeds.ts';
import { answersConstantly } from './answers-constantly.ts';
import { answersOtherwise } from './answers-otherwise.ts';
import { calibratedAnswers } from './calibrated-answers.fixture.ts';
import { repeatsAssessments } from './repeats-assessments.ts';
import { shedsInferenceAbove } from './sheds-inference.ts';
import { skipsOneWindowIn } from './skips-windows.ts';
import { squaredScore, squaresProbabilities } from './squares-probabilities.ts';
import { swapsScoresOf } from './swaps-scores.ts';
import { swapsTwoPatients } from './swaps-two-patients.ts';
import { writesWhenRead } from './writes-when-read.ts';

const RUN = { seed: 11, patients: 60, hours: 0.25 };
/** As many as two of them are not missed among, for four windows. */
const MANY = { patients: 400, hours: 0.06 };
const { slos: PROMISED } = parseThresholds(GRADE_PROMISES);
const { slos: OF_MANY } = parseThresholds(GRADE_PROMISES_OF_MANY);

/** Processors and gateways die, stall and lose their leases, links fail. No outage: devices can hold a minute only. */
const FAULTS: SystemFaults = {
  ...SYSTEM_FAULTS_DEFAULT,
  ...{ processorCrashEveryMs: 60_000, processorStallEveryMs: 180_000, gatewayCrashEveryMs: 60_000 },
  ...{ leaseLossEveryMs: 90_000, forgottenAppendShare: 0.01 },
  outageEveryMs: 0,
};

async function gradesWith(
  parts: ServerParts,
  over: { faults?: SystemFaults; patients?: number; hours?: number } = {},
): Promise<RunGrades> {
  const run = { ...RUN, faults: NO_SYSTEM_FAULTS, population: TEST_POPULATION, parts, ...over };
  return (await simulateSystem(run)).grades;
}

/** What every run promises of its grades and these do not keep. */
function red(grades: RunGrades, slos = PROMISED): string[] {
  const measurements = new Map(gradeMeasurements(grades));
  return slos
    .map((slo) => evaluateSlo(slo, measurements))
    .filter(({ severity, verdict }) => severity === 'must' && verdict !== 'holds')
    .map(({ metric }) => metric);
}

const of = (grades: RunGrades, wanted: string) =>
  grades.conditions.find(({ condition }) => condition === wanted)!;

describe('the honest server', () => {
  it('is green, with every slot answered', async () => {
    const grades = await gradesWith({});
    expect(red(grades)).toEqual([]);
    expect(grades).toMatchObject({ verdict: 'holds', reasons: [], misplaced: 0 });
    expect(grades.conditions.map(({ condition }) => condition)).toEqual(
      expect.arrayContaining(['tremor', 'gait']),
    );
    for (const { condition, coverage, positives } of grades.conditions) {
      expect(coverage).toBe(1);
      expect(positives).toBeGreaterThan(condition === 'freezing' ? 5 : 100);
    }
  });

  it.runIf(FULL)('is green under faults, after which everything that was acknowledged is there', async () => {
    const grades = await gradesWith({}, { faults: FAULTS });
    expect(red(grades)).toEqual([]);
    expect(grades.verdict).toBe('holds');
  });

  it.runIf(FULL)('is asked for what a device gave up as well: the truth knows those slots', async () => {
    const outages = { outageEveryMs: 120_000, outageMs: { min: 90_000, max: 90_001 } };
    const run = {
      ...RUN,
      population: TEST_POPULATION,
      parts: {},
      faults: { ...NO_SYSTEM_FAULTS, ...outages },
    };
    const { grades, audit } = await simulateSystem(run);
    expect(audit.droppedByDevice).toBeGreaterThan(100);
    // Of a wrist tremor is asked, of a shank freezing.
    const missing = of(grades, 'tremor').missing + of(grades, 'freezing').missing;
    expect(missing).toBe(audit.droppedByDevice - audit.unacknowledgedButStored);
    expect(red(grades)).toContain('grade_coverage');
  });
});

describe('a server that looks as if it inferred', () => {
  it.runIf(FULL)('and repeats the assessment before is no better than chance', async () => {
    const grades = await gradesWith(repeatsAssessments());
    expect(red(grades)).toContain('grade_auroc{condition:tremor}');
    expect(red(grades)).toContain('grade_auroc{condition:gait}');
    expect(red(grades)).not.toContain('grade_coverage');
    expect(of(grades, 'tremor').auroc).toBeLessThan(0.7);
  });

  it('and always says the same has an area of one half', async () => {
    const grades = await gradesWith(answersConstantly(700));
    expect(red(grades)).toContain('grade_auroc{condition:tremor}');
    expect(red(grades)).not.toContain('grade_coverage');
    expect(grades.conditions.map(({ auroc }) => auroc)).toEqual(grades.conditions.map(() => 0.5));
  });

  it('and skips every tenth window lacks a tenth of the answers', async () => {
    const grades = await gradesWith(skipsOneWindowIn(10));
    expect(red(grades)).toContain('grade_coverage');
    expect(grades.verdict).toBe('fails');
    const { coverage, missing, expected, refused } = of(grades, 'tremor');
    expect(coverage).toBeCloseTo(0.9, 1);
    expect({ missing, refused }).toEqual({ missing: Math.round((1 - coverage) * expected), refused: 0 });
    expect(grades.reasons[0]).toMatch(/^tremor: \d+ of \d+ slots were answered \(0\.\d+, at least 0\.99 /);
  });

  it('and infers nothing above so many readings a second is not excused by calling them not assessable', async () => {
    const grades = await gradesWith(shedsInferenceAbove(8));
    expect(red(grades)).toContain('grade_coverage');
    const { refused, missing } = of(grades, 'tremor');
    expect(refused).toBeGreaterThan(1000);
    expect(missing).toBe(0);
    // With fewer patients than it can bear it is honest.
    expect(red(await gradesWith(shedsInferenceAbove(60)))).toEqual([]);
  });

  it('and writes nothing before somebody reads the whole archive is late, whatever its documents say of themselves', async () => {
    const grades = await gradesWith(writesWhenRead());
    expect(red(grades)).toContain('grade_coverage');
    const { late, missing, answered } = of(grades, 'tremor');
    expect(missing).toBe(0);
    // Of the last windows nobody could have said yet that they were late.
    expect(late).toBeGreaterThan(3 * answered);
    expect(grades.reasons[0]).toMatch(/ came later than two windows, /);
  });

  it.runIf(FULL)('and never sees a freeze is found, once there are enough of them', async () => {
    const blind = answersOtherwise(({ slots }) =>
      slots.map((slot) => ({ ...slot, freezing: slot.freezing === null ? null : 0 })),
    );
    // In 15 hours of patients there are too few for the promise: here they are taken for enough.
    const ofFreezing = OF_MANY.filter(({ tags }) => tags.condition === 'freezing').map((slo) => ({
      ...slo,
      leastSamples: 1,
    }));
    expect(red(await gradesWith(blind), ofFreezing)).toEqual([
      'grade_auroc{condition:freezing}',
      'grade_event_sensitivity{condition:freezing}',
    ]);
    expect(red(await gradesWith({}), ofFreezing)).toEqual([]);
  });

  it('and finds no fall and cries wolf is found by what it says of falls', () => {
    const fallsOf = (found: number, falseAlarms: number) => {
      const counts = noGradeCounts();
      counts.patientMs = 833 * 3_600_000;
      Object.assign(counts.falls, { events: 40, found, falseAlarms });
      const measurements = new Map(gradeMeasurements(gradesOf(counts)));
      return OF_MANY.map((slo) => evaluateSlo(slo, measurements))
        .filter(({ metric }) => /fall/.test(metric))
        .map(({ metric, severity, verdict }) => `${metric} ${severity} ${verdict}`);
    };
    expect(fallsOf(0, 500)).toEqual([
      'grade_event_sensitivity{condition:fall} should fails',
      'grade_fall_false_alarms must fails',
    ]);
    expect(fallsOf(36, 16)).toEqual([
      'grade_event_sensitivity{condition:fall} should holds',
      'grade_fall_false_alarms must holds',
    ]);
  });

  it.runIf(FULL)('and takes two patients for each other answers neither of them', async () => {
    const grades = await gradesWith(swapsTwoPatients('p000007', 'p000012'));
    expect(red(grades)).toContain('grade_coverage');
    const { coverage, missing } = of(grades, 'tremor');
    const wrists = Array.from({ length: RUN.patients }, (_, index) =>
      TEST_POPULATION.placementOf(index),
    ).filter((placement) => placement === Placement.wrist);
    expect(coverage).toBeCloseTo(1 - 2 / wrists.length, 3);
    expect(grades.misplaced).toBe(missing);
    expect(grades.reasons.at(-1)).toMatch(/scores are not of the patient that they are stored for: /);
  });

  it('and takes two patients of 400 for each other is found, at a coverage that nobody would mind', async () => {
    const grades = await gradesWith(swapsTwoPatients('p000007', 'p000012'), MANY);
    expect(Math.min(...grades.conditions.map(({ coverage }) => coverage))).toBeGreaterThan(0.99);
    expect(red(grades)).toEqual(['grade_foreign_scores']);
    expect(grades.verdict).toBe('fails');
  });

  it('and swaps the scores of two patients of 400 is found, though every identity and moment is right', async () => {
    const grades = await gradesWith(swapsScoresOf('p000007', 'p000012'), MANY);
    expect(grades).toMatchObject({ verdict: 'fails', misplaced: 0 });
    for (const { coverage } of grades.conditions) expect(coverage).toBe(1);
    expect(red(grades)).toEqual(['grade_foreign_scores']);
    const { recomputed, otherwise } = grades;
    expect(recomputed).toBeGreaterThan(1200);
    // Where nothing moves at either patient their scores are alike.
    expect(otherwise).toBeGreaterThan(0);
    expect(otherwise).toBeLessThan(12);
  });

  it('and squares the probabilities of a calibrated model orders as well, and is wrong about how sure it is', async () => {
    const measured = {
      startMs: START_MS,
      measureFromMs: START_MS,
      measureToMs: START_MS + RUN.hours * 3_600_000,
    };
    const truth = truthOfRun(
      { ...RUN, slotMs: 5000, windowMs: 60_000, ...measured },
      {
        personAt: (index) => TEST_POPULATION.personAt(index),
        labelOf: (index, slot) => TEST_POPULATION.labelOf(index, slot),
        episodesOf: (index, from, to) => TEST_POPULATION.episodesOf(index, from, to),
      },
    );
    const answers = calibratedAnswers(truth);
    const honest = await gradesWith(answersOtherwise(answers));
    expect(red(honest)).not.toContain('grade_calibration_error{condition:tremor}');
    const squared = await gradesWith(
      answersOtherwise((document) => answers(document).map((slot) => squaredScore(slot))),
    );
    expect(red(squared)).toContain('grade_calibration_error{condition:tremor}');
    expect(red(squared)).not.toContain('grade_coverage');
    for (const { condition, auroc, calibrationError } of honest.conditions) {
      // Who freezes does so more rarely than the least probability that the answers have.
      if (condition !== 'freezing') expect(calibrationError).toBeLessThan(0.03);
      expect(of(squared, condition).auroc).toBeCloseTo(auroc!, 3);
    }
  });

  it('and squares the probabilities of the built-in model is found with enough slots, and the honest one is not', async () => {
    const [honest, squared] = [await gradesWith({}), await gradesWith(squaresProbabilities())];
    expect(of(honest, 'gait').answered).toBeGreaterThan(10_000);
    const ofGait = OF_MANY.filter(({ tags }) => tags.condition === 'gait');
    expect(red(honest, ofGait)).toEqual([]);
    expect(red(squared, ofGait)).toContain('grade_calibration_error{condition:gait}');
    expect(red(squared)).not.toContain('grade_coverage');
  });
});

/** When the first slots of a simulation begin. */
const START_MS = Date.parse('2026-01-05T00:00:10Z');

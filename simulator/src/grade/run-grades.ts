import { COVERAGE_LEAST, type RunGrades } from '@gaitway/contract';
import type { ScoreGroup } from '../patients/fit/area-under-curve.ts';
import { delaySummaryOf } from './delays.ts';
import { reportsOf } from './fall-reports.ts';
import type { AlertTotals, ConditionCounts, GradeCounts } from './grade-counts.ts';
import { EXCUSES, type Excuse } from './graded-conditions.ts';
import { areaOfTally, calibrationErrorOf, confusionOfTally, tallied } from './score-tally.ts';
import { type ToldModel, ungradedOf } from './told-model.ts';

const MS_PER_HOUR = 3_600_000;

type ConditionGrade = RunGrades['conditions'][number];

/** The grades of a run that could not be graded, and why. */
export function notGraded(reason: string, told?: ToldModel): RunGrades {
  const model = told ? { model: told } : {};
  return { verdict: 'no-verdict', reasons: [reason], misplaced: 0, ...model, conditions: [], falls: null };
}

/** What was counted, as figures. `told`: what the server said of its model beforehand. */
export function gradesOf(counts: GradeCounts, told?: ToldModel): RunGrades {
  const conditions = counts.conditions.map(gradeOf).filter(({ expected }) => expected > 0);
  const short = conditions.filter(({ coverage }) => coverage < COVERAGE_LEAST);
  const { misplaced, recomputed, otherwise, falls } = counts;
  const reasons = [
    ...short.map(shortfall),
    ...notTheirs(counts),
    ...(conditions.length === 0 ? [nothingExpected(counts)] : []),
  ];
  const verdict =
    short.length + misplaced + otherwise > 0 ? 'fails' : conditions.length === 0 ? 'no-verdict' : 'holds';
  const { events, found, falseAlarms } = falls;
  const reports = reportsOf(falls.reports);
  return {
    ...{
      verdict,
      reasons,
      misplaced,
      ...(recomputed > 0 ? { recomputed, otherwise } : {}),
      patientHours: counts.patientMs / MS_PER_HOUR,
      ...(counts.fallBoost === 1 ? {} : { fallBoost: counts.fallBoost }),
      ...(told ? { model: told } : {}),
      ungraded: ungradedOf(told),
      conditions,
    },
    falls:
      events + falseAlarms === 0 && reports === undefined
        ? null
        : { events, found, falseAlarms, alerts: delaysOf(falls.alerts), ...(reports && { reports }) },
  };
}

function gradeOf(counts: ConditionCounts): ConditionGrade {
  const { condition, threshold, excused, missing, late, refused, events, alerts } = counts;
  const { answered: tally } = counts;
  const unanswered: ScoreGroup = {
    positives: missing.positives + late.positives + refused.positives,
    negatives: missing.negatives + late.negatives + refused.negatives,
  };
  const answers = tallied(tally);
  const answered = sizeOf(answers);
  const positives = answers.positives + unanswered.positives;
  const negatives = answers.negatives + unanswered.negatives;
  const expected = positives + negatives;
  const { truePositives, trueNegatives } = confusionOfTally(tally, threshold);
  return {
    ...{ condition, threshold },
    excused: Object.fromEntries(Object.entries(excused).filter(([, slots]) => slots > 0)),
    ...{ expected, answered, missing: sizeOf(missing), late: sizeOf(late), refused: sizeOf(refused) },
    coverage: expected === 0 ? 0 : answered / expected,
    ...{ positives, truePositives, trueNegatives },
    sensitivity: positives === 0 ? null : truePositives / positives,
    specificity: negatives === 0 ? null : trueNegatives / negatives,
    auroc: positives === 0 || negatives === 0 ? null : areaOfTally(tally, unanswered),
    calibrationError: calibrationErrorOf(tally),
    events: { ...events },
    alerts: delaysOf(alerts),
  };
}

function shortfall({
  condition,
  answered,
  expected,
  coverage,
  missing,
  late,
  refused,
}: ConditionGrade): string {
  // Rounded down: 0.98996 must not read as 0.99.
  const share = Math.floor(coverage * 10_000) / 10_000;
  return `${condition}: ${answered} of ${expected} slots were answered (${share}, at least ${COVERAGE_LEAST} are needed): ${missing} have no score, ${late} came later than two windows, ${refused} were called not assessable without a cause`;
}

/** What cannot be the answer to the readings of the patient, whatever its share. */
function notTheirs({ misplaced, recomputed, otherwise }: GradeCounts): string[] {
  return [
    ...(misplaced > 0
      ? [
          `${misplaced} scores are not of the patient that they are stored for: made of readings of another, or at none of their slots`,
        ]
      : []),
    ...(otherwise > 0
      ? [
          `${otherwise} of ${recomputed} scores that were computed once more are not what the model that they name says of the patient's own readings`,
        ]
      : []),
  ];
}

function nothingExpected({ conditions }: GradeCounts): string {
  const excuses = (Object.keys(EXCUSES) as Excuse[]).filter((excuse) =>
    conditions.some(({ excused }) => excused[excuse] > 0),
  );
  if (excuses.length === 0) return 'no reading was due in the measure phase';
  return `no slot could be answered: ${excuses.map((excuse) => EXCUSES[excuse]).join('; ')}`;
}

function delaysOf({ delaysMs, withoutEvent }: AlertTotals): ConditionGrade['alerts'] {
  return { ...delaySummaryOf(delaysMs), withoutEvent };
}

function sizeOf({ positives, negatives }: ScoreGroup): number {
  return positives + negatives;
}

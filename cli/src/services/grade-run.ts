import type { RunGrades, RunRecord } from '@gaitway/contract';
import { auditedSpan, type GradeJudgement, judgeGrades, recordedCohort, whyNot } from '@gaitway/scenarios';
import {
  gradesOf,
  notGraded,
  ReadingSource,
  RunGrader,
  truthOfRun,
  withComputedScores,
  withFaultsOf,
} from '@gaitway/simulator';
import type { StoredRun } from '../run-folder.ts';
import { type ArchiveAsked, archiveIsAlone, type OpenedArchive, openArchiveOf } from './archive-of-run.ts';
import { isClosedByItself, readLedgerOf } from './audit.ts';

export interface GradeAnswer extends GradeJudgement {
  run: string;
  /** Where the documents were read from. */
  archive: string;
  grades: RunGrades;
}

/**
 * Grades a run that is over from its record and its archive once more: the truth follows from the seed. Throws a `Fault`
 * that leaves the verdict open when there is no archive, and what the store throws.
 */
export async function gradeRun(asked: ArchiveAsked): Promise<GradeAnswer> {
  const { record } = asked.run;
  const opened = await openArchiveOf(asked);
  try {
    const grades = whyNotGraded(record) ?? (await gradedFrom(asked.run, opened));
    return { run: record.id, archive: opened.says, grades, ...judgeGrades(grades, record.verdicts) };
  } finally {
    await opened.close();
  }
}

function whyNotGraded(record: RunRecord): RunGrades | undefined {
  const { load, audit, finished } = record;
  if (!finished) return notGraded('the run never came to its end: how much of it was played is not known');
  const because = whyNot(load.commands.rate ?? 0, isClosedByItself(record) ? undefined : audit.notClosed);
  return because === undefined ? undefined : notGraded(because, record.grades.model);
}

async function gradedFrom({ record, folder }: StoredRun, archive: OpenedArchive): Promise<RunGrades> {
  const { seed, patients, slotMs, phases, windowSettings, endedAtMs } = record;
  const { windowMs } = windowSettings;
  const fromMs = (wanted: RunRecord['phases'][number]['phase']) =>
    phases.find(({ phase }) => phase === wanted)?.fromMs ?? Number.NaN;
  const measure = phases.find(({ phase }) => phase === 'measure');
  if (measure === undefined) return notGraded('the run had no measure phase');
  const startMs = fromMs('warm-up');
  const truth = truthOfRun({
    ...{ seed, patients, slotMs, windowMs, startMs },
    ...{ measureFromMs: measure.fromMs, measureToMs: measure.toMs },
    ...recordedCohort(record),
  });
  const ledger = readLedgerOf(folder);
  const grader = new RunGrader(
    withComputedScores(ledger, withFaultsOf(ledger, truth), {
      readings: new ReadingSource(seed, { slotMs, ...recordedCohort(record) }),
      canaries: record.canaries?.devices ?? 0,
    }),
    { told: record.grades.model },
  );
  const alone = archiveIsAlone(record);
  for await (const page of archive.windows(...auditedSpan(alone, startMs, endedAtMs, windowMs))) {
    for (const document of page) grader.take(document);
  }
  return withAlertsOf(gradesOf(grader.finish(), record.grades.model), record.grades);
}

/** What was alerted, and when viewers got it, the run alone knows (a store may keep its windows only): it is carried over. */
function withAlertsOf(grades: RunGrades, recorded: RunGrades): RunGrades {
  return {
    ...grades,
    conditions: grades.conditions.map((grade) => {
      const before = recorded.conditions.find(({ condition }) => condition === grade.condition);
      return before === undefined ? grade : { ...grade, alerts: before.alerts };
    }),
    falls: recorded.falls,
  };
}

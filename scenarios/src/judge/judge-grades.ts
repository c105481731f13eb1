import {
  combineVerdicts,
  evaluateSlo,
  parseSlo,
  type RunGrades,
  type RunRecord,
  type SloResult,
  type Verdict,
  worseVerdict,
} from '@gaitway/contract';
import { gradeMeasurements } from '@gaitway/simulator';

/** What grades are worth to the SLOs on them that a run was judged by. */
export interface GradeJudgement {
  verdict: Verdict;
  results: SloResult[];
}

const GRADE = /^grade_/;

/**
 * Judges grades anew by the SLOs on grades that a record holds: the verdict is the worst of them and of the grades'
 * own. Whether the run was valid is not asked here: an answer that is there is right or wrong all the same.
 */
export function judgeGrades(grades: RunGrades, verdicts: RunRecord['verdicts']): GradeJudgement {
  const measurements = new Map(gradeMeasurements(grades));
  const results = verdicts
    .filter(({ metric }) => GRADE.test(metric))
    .flatMap(({ metric, expression, severity, leastSamples }) => {
      if (severity === 'declared') return [];
      const parsed = parseSlo(`${metric}: ${expression}`, { severity, leastSamples });
      return parsed.ok ? [evaluateSlo(parsed.slo, measurements)] : [];
    });
  const promised = results.some(({ severity }) => severity === 'must')
    ? combineVerdicts(results, true)
    : 'holds';
  return { verdict: worseVerdict(grades.verdict, promised), results };
}

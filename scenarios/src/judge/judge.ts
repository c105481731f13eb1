import {
  combineVerdicts,
  evaluateSlo,
  type Measurements,
  type Slo,
  type SloResult,
  type Verdict,
  verdictInRun,
} from '@gaitway/contract';
import { type MeasuredRun, measurementsOfRun, playedLess } from './measurements-of-run.ts';

export interface Judgement {
  verdict: Verdict;
  /** One for each SLO, in their order. */
  results: SloResult[];
}

/**
 * Holds measurements against SLOs. In an invalid run only what the audit found still stands. `playedLess`: fewer
 * readings were made than planned; that there are too few samples is then no reason to play the run again.
 */
export function judge(
  run: { measurements: Measurements; generatorValid: boolean; playedLess?: boolean },
  slos: readonly Slo[],
): Judgement {
  const found = slos
    .map((slo) => evaluateSlo(slo, run.measurements))
    .map((result): SloResult => {
      const isShort = run.playedLess && result.verdict === 'invalid' && result.subject !== 'generator';
      return isShort ? { ...result, verdict: 'no-verdict' } : result;
    });
  return {
    verdict: combineVerdicts(found, run.generatorValid),
    results: found.map((result) => {
      const verdict = verdictInRun(result, run.generatorValid);
      if (verdict === result.verdict) return result;
      return { ...result, verdict, says: 'The run is invalid: the load generator was the bottleneck.' };
    }),
  };
}

/** Judges what a run record holds; judging a stored record again gives the same. */
export function judgeRun(run: MeasuredRun, slos: readonly Slo[]): Judgement {
  return judge(
    {
      measurements: measurementsOfRun(run),
      generatorValid: run.generator.valid,
      playedLess: playedLess(run),
    },
    slos,
  );
}

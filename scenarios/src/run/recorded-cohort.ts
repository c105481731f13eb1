import type { RunRecord } from '@gaitway/contract';
import type { Cohort } from '@gaitway/simulator';

/** The cohort that a run was played with; empty: the default one. Throws `SyntaxError` for a record that was edited. */
export function recordedCohort({ options }: RunRecord): { cohort?: Cohort } {
  return typeof options.cohort === 'string' ? { cohort: JSON.parse(options.cohort) as Cohort } : {};
}

import { EXIT_CODE } from '@gaitway/contract';
import { CohortFault, cohortNamed, cohortNames, readCohort } from '@gaitway/scenarios/cohorts';
import type { Cohort } from '@gaitway/simulator/cohort';
import { Fault } from '../fault.ts';

/** The people that `--cohort` names: a cohort of the scenarios, or a file. */
export function cohortOf(written: string): { cohort: Cohort } {
  try {
    return { cohort: cohortNames().includes(written) ? cohortNamed(written) : readCohort(written) };
  } catch (error) {
    if (error instanceof CohortFault) {
      throw new Fault('bad_cohort', error.message, 'Mend the file and try again.', EXIT_CODE.badInput);
    }
    throw new Fault(
      'no_cohort',
      `--cohort ${written}: neither a cohort of ours nor a file that can be read (${error instanceof Error ? error.message : String(error)})`,
      `Give a file, or one of ${cohortNames().join(', ')}.`,
      EXIT_CODE.badInput,
    );
  }
}

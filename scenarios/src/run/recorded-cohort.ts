import type { RunRecord } from '@gaitway/contract';
import type { Cohort } from '@gaitway/simulator';
import { CohortFault } from '../cohorts/read-cohort.ts';

/**
 * The cohort that a run was played with; empty: the default one. It was checked before the run, and its ranges are widened
 * already: here only what is no cohort at all is refused. Throws {@link CohortFault} for a record that was edited.
 */
export function recordedCohort({ id, options }: Pick<RunRecord, 'id' | 'options'>): { cohort?: Cohort } {
  if (options.cohort === undefined) return {};
  const cohort = parsed(options.cohort);
  if (cohort !== undefined) return { cohort };
  throw new CohortFault(`record of run ${id}`, [
    {
      ...{ line: 1, column: 1, field: 'options.cohort' },
      says: 'this is no cohort as a run writes it',
      hint: 'was the record edited? Who the patients were is not known without it',
    },
  ]);
}

function parsed(text: RunRecord['options'][string]): Cohort | undefined {
  try {
    const value = JSON.parse(String(text)) as Partial<Cohort> | null;
    return typeof value?.name === 'string' && typeof value.ranges === 'object'
      ? (value as Cohort)
      : undefined;
  } catch {
    return undefined;
  }
}

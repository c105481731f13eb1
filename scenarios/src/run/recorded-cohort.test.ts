import { expect, it } from 'vitest';
import { CohortFault, cohortNamed } from '../cohorts/read-cohort.ts';
import { recordedCohort } from './recorded-cohort.ts';

it('the cohort of a record is the one that was played, and none is the default one', () => {
  const cohort = cohortNamed('held-out');
  expect(recordedCohort({ id: 'r', options: { cohort: JSON.stringify(cohort) } })).toEqual({ cohort });
  expect(recordedCohort({ id: 'r', options: {} })).toEqual({});
});

it.each(['{oops', '7', 'null', '{"name":"x"}', 7])('%j in a record is refused by name', (cohort) => {
  const read = () => recordedCohort({ id: 'r', options: { cohort } });
  expect(read).toThrow(CohortFault);
  expect(read).toThrow(/record of run r:1:1: options\.cohort: this is no cohort/);
});

import { expect, it } from 'vitest';
import { changeOf, furthestOfEach, merged, statesBefore } from './alert-changes.ts';
import { alertOf } from './archive-samples.fixture.ts';

it('an alert goes forward only, and of confirmed and withdrawn the first one stands', () => {
  const states = ['raised', 'confirmed', 'withdrawn'] as const;
  const table = states.map((from) =>
    states.map((to) => changeOf(alertOf('1', { state: from }), alertOf('1', { state: to }))),
  );
  expect(table).toEqual([
    ['kept', 'changed', 'changed'],
    ['refused', 'kept', 'refused'],
    ['refused', 'refused', 'kept'],
  ]);
  expect(changeOf(undefined, alertOf('1', { state: 'withdrawn' }))).toBe('changed');
  expect(states.map(statesBefore)).toEqual([[], ['raised'], ['raised']]);
  const seen = { acknowledgedBy: 'x', acknowledgedAtMs: 5 };
  expect(merged(alertOf('1', seen), alertOf('1', { state: 'confirmed' }))).toStrictEqual(
    alertOf('1', { ...seen, state: 'confirmed' }),
  );
});

it('of several alerts with one id the one that has come furthest counts', () => {
  const [raised, confirmed] = [alertOf('1', { state: 'raised' }), alertOf('1', { state: 'confirmed' })];
  const withdrawn = alertOf('1', { state: 'withdrawn' });
  expect(furthestOfEach([raised, alertOf('2'), confirmed, withdrawn, raised])).toEqual([
    confirmed,
    alertOf('2'),
  ]);
});

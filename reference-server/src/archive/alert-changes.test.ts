import { expect, it } from 'vitest';
import { changeOf, furthestOfEach, statesBefore } from './alert-changes.ts';
import { alertOf } from './archive-samples.fixture.ts';

it('an alert goes forward only, and of confirmed and withdrawn the first one stands', () => {
  const states = ['raised', 'confirmed', 'withdrawn', 'acknowledged'] as const;
  const table = states.map((from) =>
    states.map((to) => changeOf(alertOf('1', { state: from }), alertOf('1', { state: to }))),
  );
  expect(table).toEqual([
    ['kept', 'changed', 'changed', 'changed'],
    ['refused', 'kept', 'refused', 'changed'],
    ['refused', 'refused', 'kept', 'changed'],
    ['refused', 'refused', 'refused', 'refused'],
  ]);
  expect(changeOf(undefined, alertOf('1', { state: 'withdrawn' }))).toBe('changed');
  expect(states.map(statesBefore)).toEqual([
    [],
    ['raised'],
    ['raised'],
    ['raised', 'confirmed', 'withdrawn'],
  ]);
});

it('of several alerts with one id the one that has come furthest counts', () => {
  const [raised, confirmed] = [alertOf('1', { state: 'raised' }), alertOf('1', { state: 'confirmed' })];
  const withdrawn = alertOf('1', { state: 'withdrawn' });
  expect(furthestOfEach([raised, alertOf('2'), confirmed, withdrawn, raised])).toEqual([
    confirmed,
    alertOf('2'),
  ]);
});

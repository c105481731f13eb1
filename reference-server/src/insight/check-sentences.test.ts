import type { Condition, InsightPredicate } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { checkSentence, checkSentences, SENTENCES_MAX } from './check-sentences.ts';
import { alertAt, FIRST_MS, HISTORY, MINUTE_MS, materialWith, windowsFrom } from './material.fixture.ts';
import { calledOf, notAssessedText } from './wordings.ts';

const material = materialWith();
const NOW = 'statistic:tremor:now';
const BEFORE = 'statistic:tremor:before';
const ALERTS = [65, 61].map((minute) => `alert:sustained-tremor:${FIRST_MS + minute * MINUTE_MS}`);
const windowAt = (minute: number) => `window:${FIRST_MS + minute * MINUTE_MS}`;
const found = (value: number): InsightPredicate => ({
  kind: 'windows',
  condition: 'tremor',
  which: 'positive',
  comparison: 'equals',
  value,
});
const mean = (value: number, comparison: 'equals' | 'atLeast' | 'atMost' = 'equals'): InsightPredicate => ({
  kind: 'mean',
  condition: 'tremor',
  comparison,
  value,
});
const change = (value: number): InsightPredicate => ({
  kind: 'change',
  condition: 'tremor',
  comparison: 'equals',
  value,
});
const exercise = (condition: Condition): InsightPredicate => ({
  kind: 'exercise',
  condition,
});

const ofRule = (value: number): InsightPredicate => ({
  ...{ kind: 'alerts', rule: 'sustained-tremor', comparison: 'equals', value },
});
const entries = (value: number): InsightPredicate => ({ kind: 'medication', comparison: 'equals', value });
const TRUE = 'Tremor was found in 6 of the 9 windows that could be assessed.';
const RESISTANCE = material.exercises.find(({ exercise: { id } }) => id === 'resistance-training')!.exercise;

type Offered = [text: string, predicate: InsightPredicate, supports: string[]];
const outcomeOf = ([text, predicate, supports]: Offered, given = material) => {
  const checked = checkSentence({ text, supports, predicate }, given);
  return typeof checked === 'string' ? checked : 'kept';
};

describe('a sentence is kept', () => {
  it.each<Offered>([
    ['Tremor was found in 6 of 9 windows that could be assessed.', found(6), [NOW]],
    ['In 6 of the 9 windows that could be assessed in this period, tremor was seen.', found(6), [NOW]],
    ['The mean probability of tremor was 0.56.', mean(0.56), [NOW]],
    ['The mean probability of tremor was 56 %.', mean(0.56), [NOW]],
    ['On average, the probability of tremor was at least 0.50, in fact 0.56.', mean(0.5, 'atLeast'), [NOW]],
    ['The mean probability of tremor was 0.22 in the hour before.', mean(0.22), [BEFORE]],
    [
      'The mean probability of tremor was 0.85 among 2 windows picked out of 10.',
      mean(0.85),
      [windowAt(60), windowAt(61)],
    ],
    [
      'Tremor was found in 67 % of the windows that could be assessed (6 of 9).',
      { ...mean(0.67), kind: 'share' } as InsightPredicate,
      [NOW],
    ],
    ['The mean probability of tremor was 0.34 higher than in the hour before.', change(0.34), [NOW, BEFORE]],
    ['2 alerts were raised by the rule sustained-tremor.', ofRule(2), ALERTS],
    ['1 medication entry was made.', entries(1), ['medication:m70']],
    [
      `For tremor, an exercise to consider: ${RESISTANCE.title}. ${RESISTANCE.says}`,
      exercise('tremor'),
      ['exercise:resistance-training', NOW],
    ],
  ])('%s', (...offered) => {
    expect(outcomeOf(offered)).toBe('kept');
  });

  it('in our letters, whatever spaces and capitals it was offered with', () => {
    const text = ' tremor was FOUND in  6 of 9 windows that could be assessed. ';
    expect(checkSentence({ text, supports: [NOW], predicate: found(6) }, material)).toMatchObject({
      text: 'Tremor was found in 6 of 9 windows that could be assessed.',
    });
  });
});

describe('a sentence is removed', () => {
  it.each<[fault: string, ...Offered]>([
    ['nothing_cited', TRUE, found(6), []],
    ['unknown_citation', TRUE, found(6), [NOW, 'window:17']],
    ['unknown_citation', TRUE, found(6), ['statistic:tremor:never']],
    ['unknown_citation', 'Try water.', exercise('tremor'), ['exercise:juggling', NOW]],
    // The grade of tremor is 3, and the library has this one for the other condition only.
    ['unknown_citation', 'Try it.', exercise('tremor'), ['exercise:treadmill-cues', NOW]],
    ['unfit_citation', 'Tremor was found in 2 windows.', found(2), ['statistic:gait:now']],
    ['unfit_citation', TRUE, found(6), [NOW, 'medication:m70']],
    // A sentence says which windows it is about, so that it cannot be about some of this and some of that.
    ['unfit_citation', TRUE, found(6), [NOW, BEFORE]],
    ['unfit_citation', TRUE, found(6), [NOW, windowAt(60)]],
    ['unfit_citation', 'It was 0.34 higher.', change(0.34), [NOW]],
    ['unfit_citation', '1 alert of the rule sustained-tremor was raised.', ofRule(1), ALERTS.slice(1)],
    ['unfit_citation', 'Try tai chi.', exercise('gait'), ['statistic:gait:now']],
    // The grade is that of the period, and not of the windows that somebody picks.
    [
      'unfit_citation',
      `An exercise for tremor: ${RESISTANCE.title}. ${RESISTANCE.says}`,
      exercise('tremor'),
      ['exercise:resistance-training', ...[60, 61, 62, 63, 64, 65].map(windowAt)],
    ],
    ['unfit_bound', TRUE, { ...found(0), comparison: 'atLeast' } as InsightPredicate, [NOW]],
    ['unfit_bound', TRUE, { ...found(9), comparison: 'atMost' } as InsightPredicate, [NOW]],
    ['unfit_bound', TRUE, { ...found(5.5), comparison: 'atLeast' } as InsightPredicate, [NOW]],
    ['unfit_bound', 'The mean was at most 1.', mean(1, 'atMost'), [NOW]],
    ['unfit_bound', 'The mean was at least 0.555.', mean(0.555, 'atLeast'), [NOW]],
    [
      'unfit_bound',
      'The mean probability of tremor was at least 0.10 lower.',
      { ...change(-0.1), comparison: 'atLeast' } as InsightPredicate,
      [NOW, BEFORE],
    ],
    // All were read, so how many there are is known.
    ['unfit_bound', 'At least 1 alert.', { ...ofRule(1), comparison: 'atLeast' } as InsightPredicate, ALERTS],
    ['predicate_false', 'Tremor was found in 7 of 9 windows that could be assessed.', found(7), [NOW]],
    ['predicate_false', 'The mean probability of tremor was 0.57.', mean(0.57), [NOW]],
    ['predicate_false', 'The mean was at most 0.50.', mean(0.5, 'atMost'), [NOW]],
    ['predicate_false', 'It was 0.34 lower.', change(-0.34), [NOW, BEFORE]],
    [
      'predicate_false',
      'The mean probability of little arm swing was 0.00.',
      { ...mean(0), condition: 'rigidityProxy' } as InsightPredicate,
      ['statistic:rigidityProxy:now'],
    ],
    [
      'predicate_false',
      'Little arm swing was found in none of 0 windows that could be assessed.',
      { ...found(0), condition: 'rigidityProxy' } as InsightPredicate,
      ['statistic:rigidityProxy:now'],
    ],
    ['number_unsupported', 'Tremor was found in 6 of 12 windows that could be assessed.', found(6), [NOW]],
    ['number_unsupported', 'Tremor was found in 6 of 9 windows, for 40 minutes.', found(6), [NOW]],
    ['number_unsupported', 'The mean probability of tremor was 0.5.', mean(0.56), [NOW]],
    ['number_unsupported', '3 alerts of the rule sustained-tremor were raised.', ofRule(2), ALERTS],
    ['wording_unknown', 'Tremor was found in 9 of 6 windows that could be assessed.', found(6), [NOW]],
    ['wording_unknown', 'The mean probability of tremor was 0.34 lower.', change(0.34), [NOW, BEFORE]],
    ['wording_unknown', 'The mean probability of tremor was 0.22.', mean(0.22), [BEFORE]],
    ['wording_unknown', 'The mean probability of tremor was at least 0.50.', mean(0.5, 'atLeast'), [NOW]],
    ['wording_unknown', `${TRUE} Take more levodopa.`, found(6), [NOW]],
    ['wording_unknown', '1 entry of medication was made: levodopa.', entries(1), ['medication:m70']],
  ])('as %s: %s', (fault, ...offered) => {
    expect(outcomeOf(offered)).toBe(fault);
  });

  it.each([
    ['null', null],
    ['text', 'Tremor.'],
    [
      'a predicate of an unknown kind',
      { text: 'T', supports: [NOW], predicate: { kind: 'feels', value: 1 } },
    ],
    ['a field too many', { text: 'T', supports: [NOW], predicate: found(6), trust: true }],
    ['no text', { supports: [NOW], predicate: found(6) }],
    ['a text without end', { text: 'T'.repeat(401), supports: [NOW], predicate: found(6) }],
    ['a number that is text', { text: 'T', supports: [NOW], predicate: { ...found(6), value: '6' } }],
    ['supports that are no list', { text: 'T', supports: NOW, predicate: found(6) }],
  ])('as bad_form: %s', (_, offered) => {
    expect(checkSentence(offered, material)).toBe('bad_form');
  });

  it('when it keeps to itself what nobody could look at', () => {
    // A device at the leg, which tells of no falls.
    const leg = materialWith({ now: windowsFrom(60, Array(10).fill({ freezing: 0.3, gait: 0.9 })) });
    const { title, says, game } = leg.exercises.find(
      ({ exercise: { id } }) => id === 'floor-lines',
    )!.exercise;
    const offered = (behind: string): Offered => [
      `${game ? 'A game' : 'An exercise'} for freezing: ${title}. ${says}${behind}`,
      exercise('freezing'),
      ['exercise:floor-lines', 'statistic:freezing:now'],
    ];
    expect(outcomeOf(offered(''), leg)).toBe('wording_unknown');
    const caution =
      ' A person has to look first at what could not be assessed here: Not alone after a recent fall.';
    expect(outcomeOf(offered(caution), leg)).toBe('kept');
    expect(leg.items.get('exercise:floor-lines')).toMatchObject({
      notAssessed: ['Not alone after a recent fall.'],
    });
  });

  it('when an alert of the period speaks against the exercise, whatever the writer says', () => {
    const offered: Offered = ['Boxing may suit.', exercise('tremor'), ['exercise:boxing', NOW]];
    const fallen = materialWith({ ...HISTORY, alerts: [alertAt(61, 'fall')] });
    expect(outcomeOf(offered, fallen)).toBe('unknown_citation');
    // Also if retrieval had let it through.
    const forced = {
      ...fallen,
      exercises: material.exercises,
      items: new Map([...material.items, ...fallen.items]),
    };
    const risky = material.exercises.find(({ exercise: { contraindications } }) =>
      contraindications.some(({ alertRule }) => alertRule === 'fall'),
    )!;
    const condition = risky.conditions[0]!;
    const { title, says, game } = risky.exercise;
    const again: Offered = [
      `${game ? 'A game' : 'An exercise'} for ${calledOf(condition)}: ${title}. ${says}${notAssessedText(risky.notAssessed)}`,
      exercise(condition),
      [`exercise:${risky.exercise.id}`, `statistic:${condition}:now`],
    ];
    expect(outcomeOf(again, material)).toBe('kept');
    expect(outcomeOf(again, forced)).toBe('predicate_false');
  });
});

it('a change is told of windows enough, and not of a few', () => {
  const few = materialWith({ ...HISTORY, before: HISTORY.before.slice(0, 4) });
  const text = 'The mean probability of tremor was 0.38 higher than in the hour before.';
  expect(outcomeOf([text, change(0.38), [NOW, BEFORE]], few)).toBe('unfit_citation');
});

it('what was not read to its end can be told as "at least", and not otherwise', () => {
  const many = materialWith({ alerts: Array.from({ length: 101 }, (_, i) => alertAt(60 + i / 10, 'fall')) });
  const supports = [...many.items.keys()].filter((id) => id.startsWith('alert:'));
  const claim = { kind: 'alerts', rule: 'fall', value: 100 } as const;
  const text = 'At least 100 alerts of the rule fall were raised.';
  expect(outcomeOf([text, { ...claim, comparison: 'atLeast' }, supports], many)).toBe('kept');
  expect(outcomeOf([text, { ...claim, comparison: 'equals' }, supports], many)).toBe('unfit_bound');
});

it('all sentences of an insight: kept ones in their order, what they cite once, and a bound', () => {
  const good = { text: TRUE, supports: [NOW, NOW], predicate: found(6) };
  const { kept, cited, removed } = checkSentences(
    [...Array(SENTENCES_MAX + 2).fill(good), 'nothing', { ...good, text: '' }],
    material,
  );
  expect(kept).toHaveLength(SENTENCES_MAX);
  expect(kept[0]!.supports).toEqual([NOW]);
  expect(cited.map(({ id }) => id)).toEqual([NOW]);
  expect(removed).toEqual(Array(4).fill('too_many'));
});

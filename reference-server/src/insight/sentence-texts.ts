import type { Comparison, Condition, InsightItem, InsightPredicate } from '@gaitway/contract';
import type { SignalFeature } from '../infer/signal-features.ts';
import { spanTexts } from './cited-windows.ts';
import type { Evaluation } from './evaluate-predicate.ts';
import { expandWording, type Slots } from './expand-wording.ts';
import type { ExerciseItem } from './facts.ts';
import type { InsightMaterial } from './material.ts';
import { SIGNS } from './strongest-sign.ts';
import { calledOf, notAssessedText, WORDINGS } from './wordings.ts';

/** A ratio as sentences have it. */
export const hundredths = (value: number): number => Math.round(100 * value) / 100;
const decimal = (value: number) => hundredths(value).toFixed(2);
const percent = (value: number) => `${Math.round(100 * value)} %`;
const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

type Bounded = { comparison: Comparison; value: number };
const BOUND_WORDS = { atLeast: 'at least', atMost: 'at most' } as const;

/**
 * Every text that a sentence with this predicate may have, the usual one first, given what it came to. The number that
 * was computed is in each; a bound stands only before the number that it bounds.
 */
export function sentenceTexts(
  predicate: InsightPredicate,
  { value, count, total, when }: Evaluation,
  cited: readonly InsightItem[],
  { facts }: InsightMaterial,
): string[] {
  const number = value ?? 0;
  switch (predicate.kind) {
    case 'mean':
      return texts('mean', { ...called(predicate), when, ratio: ratioTexts(predicate, number, '') });
    case 'share': {
      const found = [`${count} of ${total}`];
      return texts('share', { ...called(predicate), when, found, ratio: ratioTexts(predicate, number, ',') });
    }
    case 'windows': {
      const slots = {
        ...called(predicate),
        when,
        count: countTexts(predicate, count, total),
        total: [String(total)],
        windows: [plural(total, 'window', 'windows')],
      };
      if (predicate.which === 'positive') return texts('found', slots);
      const none = count === 0 ? texts('notAssessed', slots) : [];
      return total === 0 ? none : [...none, ...texts('assessed', slots)];
    }
    case 'driver':
      return texts('driver', {
        ...called(predicate),
        when,
        count: countTexts(predicate, count, total),
        total: [String(total)],
        windows: [plural(total, 'window', 'windows')],
        // The schema of predicates has no other features.
        sign: [SIGNS[predicate.feature as SignalFeature]],
      });
    case 'change':
      return changeTexts(predicate, number, spanTexts(facts.period.toMs - facts.period.fromMs));
    case 'alerts':
      return texts('alerts', { ...raised(predicate, count), rule: [predicate.rule] });
    case 'medication':
      return texts('medication', raised(predicate, count));
    case 'exercise': {
      const {
        title,
        says,
        game,
        notAssessed = [],
      } = cited.find((item): item is ExerciseItem => item.kind === 'exercise')!;
      const kind = [game ? 'a game' : 'an exercise'];
      return texts('exercise', {
        ...called(predicate),
        kind,
        title: [title],
        says: [says],
        notAssessed: [notAssessedText(notAssessed)],
      });
    }
  }
}

function texts(wording: keyof typeof WORDINGS, slots: Slots): string[] {
  return WORDINGS[wording].flatMap((one) => expandWording(one, slots));
}

const called = ({ condition }: { condition: Condition }) => ({ condition: [calledOf(condition)] });

/** `behind`: what closes the number behind a bound where the sentence goes on. */
function ratioTexts({ comparison, value: bound }: Bounded, value: number, behind: string): string[] {
  if (comparison === 'equals') return [decimal(value), percent(value)];
  const words = BOUND_WORDS[comparison];
  return [decimal, percent].map((as) => `${words} ${as(bound)}, in fact ${as(value)}${behind}`);
}

function countTexts({ comparison, value: bound }: Bounded, count: number, total: number): string[] {
  if (comparison !== 'equals') return [`${BOUND_WORDS[comparison]} ${bound}, in fact ${count},`];
  if (count === 0) return ['0', 'none'];
  return count === total ? [String(count), 'all'] : [String(count)];
}

/** A bound here is that of a list which was not read to its end, so there is no exact number behind it. */
function raised({ comparison }: Bounded, count: number): Slots {
  return {
    count: [comparison === 'atLeast' ? `at least ${count}` : String(count)],
    alerts: [plural(count, 'alert', 'alerts')],
    entries: [plural(count, 'entry', 'entries')],
    were: [plural(count, 'was', 'were')],
  };
}

function changeTexts(
  predicate: Extract<InsightPredicate, { kind: 'change' }>,
  change: number,
  span: string[],
): string[] {
  const { comparison, value: bound } = predicate;
  const written = decimal(Math.abs(change));
  // Both ends of a change are told by its size: at most -0.30 is at least 0.30 lower.
  const size =
    comparison === 'equals' ? written : `at least ${decimal(Math.abs(bound))}, in fact ${written},`;
  const direction = [change > 0 ? 'higher' : 'lower'];
  const wording = hundredths(change) === 0 ? 'noChange' : 'change';
  return texts(wording, { ...called(predicate), size: [size], direction, span });
}

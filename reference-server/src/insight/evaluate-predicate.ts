import {
  type Comparison,
  type Condition,
  gradeOf,
  type InsightItem,
  type InsightPredicate,
} from '@gaitway/contract';
import { meanOf, POSITIVE_PROBABILITY, probabilitiesOf, type WindowItem } from './facts.ts';
import type { InsightMaterial } from './material.ts';
import { againstIn, GRADED_WINDOWS_MIN, isFor } from './retrieve-exercises.ts';

/** What a predicate came to when it was computed again from what is cited. */
export interface Evaluation {
  holds: boolean;
  /** The number that was computed; `null` where there is none. */
  value: number | null;
  /** `ratio`: 0 to 1, or a difference of such; a text may give it in percent. */
  unit: 'ratio' | 'count';
}

/** The citation is not one that this predicate can be computed from. */
export const UNFIT = 'unfit_citation';
export type Evaluated = Evaluation | typeof UNFIT;

/** Half a unit of the second decimal, which `equals` is exact to, and room for the last bit of a double. */
const RATIO_TOLERANCE = 0.005 + 1e-9;

function compares(unit: Evaluation['unit'], value: number, comparison: Comparison, claimed: number): boolean {
  switch (comparison) {
    case 'atLeast':
      return value >= claimed - 1e-9;
    case 'atMost':
      return value <= claimed + 1e-9;
    case 'equals':
      return unit === 'count' ? value === claimed : Math.abs(value - claimed) <= RATIO_TOLERANCE;
  }
}

function evaluation(
  unit: Evaluation['unit'],
  value: number | null,
  { comparison, value: claimed }: { comparison: Comparison; value: number },
): Evaluation {
  return { unit, value, holds: value !== null && compares(unit, value, comparison, claimed) };
}

/** The windows that are cited, each once; `undefined`: something else is cited too, or a statistic of another condition. */
function citedWindows(
  { facts }: InsightMaterial,
  cited: readonly InsightItem[],
  condition: Condition,
): WindowItem[] | undefined {
  const windows = new Map<string, WindowItem>();
  for (const item of cited) {
    if (item.kind === 'window') windows.set(item.id, item);
    else if (item.kind === 'statistic' && item.condition === condition)
      for (const window of facts.windowsOf.get(item.id) ?? []) windows.set(window.id, window);
    else return undefined;
  }
  return [...windows.values()];
}

const positiveOf = (probabilities: readonly number[], condition: Condition) =>
  probabilities.filter((probability) => probability >= POSITIVE_PROBABILITY[condition]).length;

/**
 * Computes a predicate again from what is cited (all of it retrieved): from the windows themselves, never from
 * the numbers that a statistic shows.
 */
export function evaluatePredicate(
  predicate: InsightPredicate,
  cited: readonly InsightItem[],
  material: InsightMaterial,
): Evaluated {
  switch (predicate.kind) {
    case 'mean':
    case 'share':
    case 'windows': {
      const windows = citedWindows(material, cited, predicate.condition);
      if (windows === undefined) return UNFIT;
      const probabilities = probabilitiesOf(windows, predicate.condition);
      if (predicate.kind === 'mean') return evaluation('ratio', meanOf(probabilities), predicate);
      const positive = positiveOf(probabilities, predicate.condition);
      if (predicate.kind === 'windows') {
        const count = predicate.which === 'positive' ? positive : probabilities.length;
        return evaluation('count', count, predicate);
      }
      const share = probabilities.length === 0 ? null : positive / probabilities.length;
      return evaluation('ratio', share, predicate);
    }
    case 'change':
      return evaluateChange(predicate, cited, material);
    case 'alerts':
      return evaluateAll(
        predicate,
        cited,
        material,
        (item) => item.kind === 'alert' && item.rule === predicate.rule,
      );
    case 'medication':
      return evaluateAll(predicate, cited, material, (item) => item.kind === 'medication');
    case 'exercise':
      return evaluateExercise(predicate, cited, material);
  }
}

function evaluateChange(
  predicate: Extract<InsightPredicate, { kind: 'change' }>,
  cited: readonly InsightItem[],
  material: InsightMaterial,
): Evaluated {
  const { condition } = predicate;
  const statistics = cited.filter((item) => item.kind === 'statistic' && item.condition === condition);
  if (cited.length !== 2 || statistics.length !== 2) return UNFIT;
  const [earlier, later] = [...statistics]
    .sort((a, b) => (a.kind === 'statistic' && b.kind === 'statistic' ? a.fromMs - b.fromMs : 0))
    .map(({ id }) => meanOf(probabilitiesOf(material.facts.windowsOf.get(id) ?? [], condition)));
  if (earlier === undefined || later === undefined || earlier === null || later === null) return UNFIT;
  return evaluation('ratio', later - earlier, predicate);
}

/** How many items of a sort there are; all that were retrieved must be cited, so that none is hidden. */
function evaluateAll(
  predicate: { comparison: Comparison; value: number },
  cited: readonly InsightItem[],
  { items, facts }: InsightMaterial,
  isMeant: (item: InsightItem) => boolean,
): Evaluated {
  const meant = [...items.values()].filter(isMeant);
  if (!cited.every(isMeant) || cited.length !== meant.length) return UNFIT;
  if (predicate.comparison !== 'atLeast' && cited.some(({ kind }) => facts.more.has(kind))) return UNFIT;
  return evaluation('count', meant.length, predicate);
}

function evaluateExercise(
  { condition }: { condition: Condition },
  cited: readonly InsightItem[],
  material: InsightMaterial,
): Evaluated {
  const exercises = cited.filter((item) => item.kind === 'exercise');
  const windows = citedWindows(
    material,
    cited.filter((item) => item.kind !== 'exercise'),
    condition,
  );
  const named = exercises[0]?.kind === 'exercise' ? exercises[0].exercise : undefined;
  const ranked = material.exercises.find(({ exercise }) => exercise.id === named);
  if (exercises.length !== 1 || !ranked || windows === undefined) return UNFIT;
  const probabilities = probabilitiesOf(windows, condition);
  if (probabilities.length < GRADED_WINDOWS_MIN) return UNFIT;
  const grade = gradeOf(positiveOf(probabilities, condition), probabilities.length);
  const holds =
    isFor(ranked.exercise, condition, grade) &&
    againstIn(ranked.exercise, material.facts.items.values(), material.grades).length === 0;
  return { holds, value: null, unit: 'count' };
}

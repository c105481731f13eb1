import {
  type Comparison,
  type Condition,
  gradeOf,
  type InsightItem,
  type InsightPredicate,
} from '@gaitway/contract';
import { citedChange, citedWindows, whenTexts } from './cited-windows.ts';
import { foundIn, meanOf, probabilitiesOf, statisticNow, strongestSigns } from './facts.ts';
import type { InsightMaterial } from './material.ts';
import { againstIn, GRADED_WINDOWS_MIN, isFor } from './retrieve-exercises.ts';

/** What a predicate came to when it was computed again from what is cited. */
export interface Evaluation {
  holds: boolean;
  /** The number that was computed; `null`: there is none, and where the kind has one the predicate does not hold. */
  value: number | null;
  /** What is counted, of how many; 0 where nothing is counted. */
  count: number;
  total: number;
  /** How the sentence says which windows it is about. */
  when: readonly string[];
}

/** The citation is not one that this predicate can be computed from. */
export const UNFIT_CITATION = 'unfit_citation';
/** A bound that is true of everything, or that cannot be written as it is: no whole number, no hundredth. */
export const UNFIT_BOUND = 'unfit_bound';
export type Evaluated = Evaluation | typeof UNFIT_CITATION | typeof UNFIT_BOUND;

type Claim = { comparison: Comparison; value: number };
type Unit = 'count' | 'ratio';

/** Half a unit of the second decimal, which `equals` is exact to, and room for the last bit of a double. */
const RATIO_TOLERANCE = 0.005 + 1e-9;
const LAST_BIT = 1e-9;

function compares(unit: Unit, value: number, { comparison, value: claimed }: Claim): boolean {
  switch (comparison) {
    case 'atLeast':
      return value >= claimed - LAST_BIT;
    case 'atMost':
      return value <= claimed + LAST_BIT;
    case 'equals':
      return unit === 'count' ? value === claimed : Math.abs(value - claimed) <= RATIO_TOLERANCE;
  }
}

/** `true`: no bound, or one that not everything keeps, as a sentence can write it. */
function isFitBound(unit: Unit, { comparison, value }: Claim, most: number): boolean {
  if (comparison === 'equals') return true;
  const written = unit === 'count' ? value : 100 * value;
  if (Math.abs(written - Math.round(written)) > 1e-6) return false;
  return comparison === 'atLeast' ? value > 0 : value < most;
}

const NOTHING_COUNTED = { count: 0, total: 0, when: [''] };

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
    case 'windows':
      return evaluateWindows(predicate, cited, material);
    case 'driver':
      return evaluateDriver(predicate, cited, material);
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

function evaluateWindows(
  predicate: Extract<InsightPredicate, { kind: 'mean' | 'share' | 'windows' }>,
  cited: readonly InsightItem[],
  material: InsightMaterial,
): Evaluated {
  const found = citedWindows(material, cited, predicate.condition);
  if (found === undefined) return UNFIT_CITATION;
  const probabilities = probabilitiesOf(found.windows, predicate.condition);
  const assessable = probabilities.length;
  const positive = foundIn(found.windows, predicate.condition, material.facts).length;
  const ofAssessable = { count: positive, total: assessable, when: whenTexts(material, found) };
  const evaluate = (unit: Unit, value: number | null, counted: typeof ofAssessable): Evaluated => {
    if (!isFitBound(unit, predicate, unit === 'count' ? counted.total : 1)) return UNFIT_BOUND;
    return { holds: value !== null && compares(unit, value, predicate), value, ...counted };
  };
  if (predicate.kind === 'mean') return evaluate('ratio', meanOf(probabilities), ofAssessable);
  if (predicate.kind === 'share') {
    return evaluate('ratio', assessable === 0 ? null : positive / assessable, ofAssessable);
  }
  if (predicate.which === 'positive') {
    // Nothing was found in none of no windows, but that says nothing.
    return evaluate('count', assessable === 0 ? null : positive, ofAssessable);
  }
  const ofAll = { ...ofAssessable, count: assessable, total: found.windows.length };
  return evaluate('count', assessable, ofAll);
}

/** Only where all of the windows in which the condition was found say what drove it: a sentence cannot tell of some of them. */
function evaluateDriver(
  predicate: Extract<InsightPredicate, { kind: 'driver' }>,
  cited: readonly InsightItem[],
  material: InsightMaterial,
): Evaluated {
  const { condition, feature } = predicate;
  const of = citedWindows(material, cited, condition);
  if (of === undefined) return UNFIT_CITATION;
  const signs = strongestSigns(foundIn(of.windows, condition, material.facts), condition, material.facts);
  if (signs === undefined) return UNFIT_CITATION;
  if (!isFitBound('count', predicate, signs.length)) return UNFIT_BOUND;
  const count = signs.filter((sign) => sign === feature).length;
  const counted = { count, total: signs.length, when: whenTexts(material, of) };
  // That something spoke most in none of them says nothing.
  return { holds: count > 0 && compares('count', count, predicate), value: count, ...counted };
}

function evaluateChange(
  predicate: Extract<InsightPredicate, { kind: 'change' }>,
  cited: readonly InsightItem[],
  { facts }: InsightMaterial,
): Evaluated {
  const { condition } = predicate;
  const change = citedChange(cited, condition);
  if (change === undefined) return UNFIT_CITATION;
  const meanIn = ({ id }: InsightItem) => {
    const probabilities = probabilitiesOf(facts.windowsOf.get(id) ?? [], condition);
    // Of a few windows the mean goes up and down by itself.
    return probabilities.length < GRADED_WINDOWS_MIN ? null : meanOf(probabilities);
  };
  const [earlier, later] = [meanIn(change.before), meanIn(change.now)];
  if (earlier === null || later === null) return UNFIT_CITATION;
  // "At least so much higher" or "so much lower": what lies on the other side of no change is no bound of one.
  if (!isFitBound('ratio', predicate, 0)) return UNFIT_BOUND;
  const value = later - earlier;
  return { holds: compares('ratio', value, predicate), value, ...NOTHING_COUNTED };
}

/**
 * How many items of a sort there are; all that were retrieved must be cited, so that none is hidden. Where the archive
 * has more than was read "at least" is what can be said, and elsewhere it would only say less than is known.
 */
function evaluateAll(
  claim: Claim,
  cited: readonly InsightItem[],
  { items, facts }: InsightMaterial,
  isMeant: (item: InsightItem) => boolean,
): Evaluated {
  const count = [...items.values()].filter(isMeant).length;
  if (!cited.every(isMeant) || cited.length !== count) return UNFIT_CITATION;
  const more = cited.some(({ kind }) => facts.more.has(kind));
  if (claim.comparison !== (more ? 'atLeast' : 'equals')) return UNFIT_BOUND;
  return { holds: claim.value === count, value: count, ...NOTHING_COUNTED, count };
}

/** The grade is that of the whole period: what a writer picks out of it decides nothing. */
function evaluateExercise(
  { condition }: { condition: Condition },
  cited: readonly InsightItem[],
  { facts, grades, exercises }: InsightMaterial,
): Evaluated {
  const named = cited.find((item) => item.kind === 'exercise')?.exercise;
  const ranked = exercises.find(({ exercise }) => exercise.id === named);
  const statistic = statisticNow(facts, condition);
  if (cited.length !== 2 || !ranked || !cited.includes(statistic)) return UNFIT_CITATION;
  const windows = facts.windowsOf.get(statistic.id) ?? [];
  const assessable = probabilitiesOf(windows, condition).length;
  if (assessable < GRADED_WINDOWS_MIN) return UNFIT_CITATION;
  const grade = gradeOf(foundIn(windows, condition, facts).length, assessable);
  const holds =
    isFor(ranked.exercise, condition, grade) && againstIn(ranked.exercise, facts, grades).length === 0;
  return { holds, value: null, ...NOTHING_COUNTED };
}

import { CONDITIONS, type Condition, type InsightPredicate, type InsightSentence } from '@gaitway/contract';
import { evaluatePredicate } from './evaluate-predicate.ts';
import { type StatisticItem, statisticIds, statisticNow } from './facts.ts';
import type { InsightMaterial } from './material.ts';
import { chooseExercises, GRADED_WINDOWS_MIN } from './retrieve-exercises.ts';
import { hundredths, sentenceTexts } from './sentence-texts.ts';
import type { InsightWriter } from './writer.ts';

/** A change of the mean probability that is smaller is not told. */
const CHANGE_MIN = 0.05;
const EXERCISES_MAX = 3;

type Claim = Omit<InsightSentence, 'text'>;

/**
 * Says the same of the same material, in the usual wording of each claim: counts, means, what spoke most for what was found, changes, alerts, and up to
 * three exercises.
 */
export const builtInWriter: InsightWriter = {
  writer: 'built-in',
  writtenBy: 'built-in-2',
  write: async (material) =>
    [
      ...CONDITIONS.flatMap((condition) => ofCondition(material, condition)),
      ...ofAlerts(material),
      ...ofMedication(material),
      ...ofExercises(material),
    ].map((claim): InsightSentence => ({ text: usualText(claim, material), ...claim })),
};

/** Empty, and so removed and counted, where the claim is none: that would be a fault of this writer. */
function usualText({ supports, predicate }: Claim, material: InsightMaterial): string {
  const cited = supports.map((id) => material.items.get(id)!);
  const evaluated = evaluatePredicate(predicate, cited, material);
  if (typeof evaluated === 'string' || !evaluated.holds) return '';
  return sentenceTexts(predicate, evaluated, cited, material)[0] ?? '';
}

function ofCondition({ facts }: InsightMaterial, condition: Condition): Claim[] {
  const { now, before } = statisticIds(condition);
  const { assessable, positive, meanProbability, drivers = [] } = statisticNow(facts, condition);
  const windows = (which: 'assessable' | 'positive', value: number): InsightPredicate => ({
    ...{ kind: 'windows', condition, which, comparison: 'equals', value },
  });
  if (meanProbability === null) return [{ supports: [now], predicate: windows('assessable', 0) }];
  const mean = hundredths(meanProbability);
  const claims: Claim[] = [
    { supports: [now], predicate: windows('positive', positive) },
    { supports: [now], predicate: { kind: 'mean', condition, comparison: 'equals', value: mean } },
  ];
  for (const { feature, windows: value } of drivers.slice(0, 1)) {
    const predicate: InsightPredicate = { kind: 'driver', condition, feature, comparison: 'equals', value };
    claims.push({ supports: [now], predicate });
  }
  const earlier = facts.items.get(before) as StatisticItem | undefined;
  if (!earlier || earlier.meanProbability === null) return claims;
  const change = meanProbability - earlier.meanProbability;
  if (Math.min(assessable, earlier.assessable) >= GRADED_WINDOWS_MIN && Math.abs(change) >= CHANGE_MIN) {
    const value = hundredths(change);
    claims.push({
      supports: [now, before],
      predicate: { kind: 'change', condition, comparison: 'equals', value },
    });
  }
  return claims;
}

function ofAlerts({ facts }: InsightMaterial): Claim[] {
  const byRule = new Map<string, string[]>();
  for (const item of facts.items.values()) {
    if (item.kind === 'alert') byRule.set(item.rule, [...(byRule.get(item.rule) ?? []), item.id]);
  }
  const comparison = facts.more.has('alert') ? 'atLeast' : 'equals';
  return [...byRule].map(([rule, supports]) => ({
    supports,
    predicate: { kind: 'alerts', rule, comparison, value: supports.length },
  }));
}

function ofMedication({ facts }: InsightMaterial): Claim[] {
  const supports = [...facts.items.values()].filter(({ kind }) => kind === 'medication').map(({ id }) => id);
  if (supports.length === 0) return [];
  const comparison = facts.more.has('medication') ? 'atLeast' : 'equals';
  return [{ supports, predicate: { kind: 'medication', comparison, value: supports.length } }];
}

function ofExercises({ exercises }: InsightMaterial): Claim[] {
  return chooseExercises(exercises, EXERCISES_MAX).map(({ exercise: { id }, conditions }) => {
    const condition = conditions[0]!;
    return {
      supports: [`exercise:${id}`, statisticIds(condition).now],
      predicate: { kind: 'exercise', condition },
    };
  });
}

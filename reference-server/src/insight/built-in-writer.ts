import { CONDITIONS, type Condition, type InsightSentence } from '@gaitway/contract';
import { type StatisticItem, statisticIds, statisticNow } from './facts.ts';
import type { InsightMaterial } from './material.ts';
import { chooseExercises, GRADED_WINDOWS_MIN, type RankedExercise } from './retrieve-exercises.ts';
import type { InsightWriter } from './writer.ts';

/** A change of the mean probability that is smaller is not told. */
const CHANGE_MIN = 0.05;
const EXERCISES_MAX = 3;
const MINUTE_MS = 60_000;

/** What a condition is called in a sentence. The models see a sign of it, and the words say no more than that. */
const CALLED: Readonly<Record<string, string>> = {
  rigidityProxy: 'little arm swing',
  gait: 'walking',
};
const calledOf = (condition: Condition) => CALLED[condition] ?? condition;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const hundredths = (value: number) => Math.round(100 * value) / 100;
const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** Writes the same sentences from the same material: counts, means, changes, alerts, and up to three exercises. */
export const builtInWriter: InsightWriter = {
  writer: 'built-in',
  writtenBy: 'built-in-1',
  write: async (material) => [
    ...CONDITIONS.flatMap((condition) => ofCondition(material, condition)),
    ...ofAlerts(material),
    ...ofMedication(material),
    ...chooseExercises(material.exercises, EXERCISES_MAX).map(ofExercise),
  ],
};

function ofCondition({ facts }: InsightMaterial, condition: Condition): InsightSentence[] {
  const { now, before } = statisticIds(condition);
  const statistic = statisticNow(facts, condition);
  const { assessable, positive, meanProbability } = statistic;
  const called = calledOf(condition);
  if (meanProbability === null) {
    return [
      {
        text: `${capital(called)} could not be assessed in any window.`,
        supports: [now],
        predicate: { kind: 'windows', condition, which: 'assessable', comparison: 'equals', value: 0 },
      },
    ];
  }
  const mean = hundredths(meanProbability);
  const sentences: InsightSentence[] = [
    {
      text: `${capital(called)} was found in ${positive} of the ${plural(assessable, 'window', 'windows')} that could be assessed.`,
      supports: [now],
      predicate: { kind: 'windows', condition, which: 'positive', comparison: 'equals', value: positive },
    },
    {
      text: `The mean probability of ${called} was ${mean.toFixed(2)}.`,
      supports: [now],
      predicate: { kind: 'mean', condition, comparison: 'equals', value: mean },
    },
  ];
  const earlier = facts.items.get(before) as StatisticItem | undefined;
  if (!earlier || earlier.meanProbability === null) return sentences;
  const change = meanProbability - earlier.meanProbability;
  if (Math.min(assessable, earlier.assessable) < GRADED_WINDOWS_MIN || Math.abs(change) < CHANGE_MIN) {
    return sentences;
  }
  const minutes = (earlier.toMs - earlier.fromMs) / MINUTE_MS;
  const size = Math.abs(hundredths(change)).toFixed(2);
  sentences.push({
    text: `The mean probability of ${called} was ${size} ${change > 0 ? 'higher' : 'lower'} than in the ${plural(minutes, 'minute', 'minutes')} before.`,
    supports: [now, before],
    predicate: { kind: 'change', condition, comparison: 'equals', value: hundredths(change) },
  });
  return sentences;
}

function ofAlerts({ facts }: InsightMaterial): InsightSentence[] {
  const byRule = new Map<string, string[]>();
  for (const item of facts.items.values()) {
    if (item.kind === 'alert') byRule.set(item.rule, [...(byRule.get(item.rule) ?? []), item.id]);
  }
  const counted = facts.more.has('alert') ? 'At least ' : '';
  return [...byRule].map(([rule, supports]) => ({
    text: `${counted}${plural(supports.length, 'alert', 'alerts')} of the rule ${rule} ${supports.length === 1 ? 'was' : 'were'} raised.`,
    supports,
    predicate: {
      kind: 'alerts',
      rule,
      comparison: facts.more.has('alert') ? 'atLeast' : 'equals',
      value: supports.length,
    },
  }));
}

function ofMedication({ facts }: InsightMaterial): InsightSentence[] {
  const supports = [...facts.items.values()].filter(({ kind }) => kind === 'medication').map(({ id }) => id);
  if (supports.length === 0) return [];
  const more = facts.more.has('medication');
  return [
    {
      text: `${more ? 'At least ' : ''}${plural(supports.length, 'entry', 'entries')} of medication ${supports.length === 1 ? 'was' : 'were'} made.`,
      supports,
      predicate: { kind: 'medication', comparison: more ? 'atLeast' : 'equals', value: supports.length },
    },
  ];
}

function ofExercise({ exercise: { id, title, says, game }, conditions }: RankedExercise): InsightSentence {
  const condition = conditions[0]!;
  return {
    text: `${game ? 'A game for' : 'An exercise for'} ${calledOf(condition)}: ${title}. ${says}`,
    supports: [`exercise:${id}`, statisticIds(condition).now],
    predicate: { kind: 'exercise', condition },
  };
}

import { CONDITIONS, type InsightItem, type InsightPredicate, uniform } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { checkSentence } from './check-sentences.ts';
import { evaluatePredicate } from './evaluate-predicate.ts';
import { expandWording } from './expand-wording.ts';
import {
  alertAt,
  type Drivers,
  entryAt,
  FIRST_MS,
  MINUTE_MS,
  materialWith,
  type Probabilities,
  windowsFrom,
} from './material.fixture.ts';
import type { InsightMaterial } from './material.ts';
import { sentenceTexts } from './sentence-texts.ts';

/** Features of the signal whose contributions to a window are drawn. */
const FEATURES = ['armSwing', 'freezeIndex', 'gyroTremor'] as const;
const contributionOf = (seed: number, stream: number, at: number, condition: number, feature: number) =>
  2 * uniform(seed, 30 + stream, at, condition * FEATURES.length + feature) - 1;

/** Some history: it follows from `seed`. */
function materialOfSeed(seed: number): InsightMaterial {
  const windows = (stream: number) =>
    Array.from({ length: Math.floor(25 * uniform(seed, stream)) }, (_, at): Probabilities => {
      const of = (condition: number) =>
        uniform(seed, 10 + stream, at, condition) < 0.2 ? null : uniform(seed, 20 + stream, at, condition);
      return Object.fromEntries(CONDITIONS.map((condition, i) => [condition, of(i)]));
    });
  const drivers = (stream: number) =>
    Array.from(
      { length: 25 },
      (_, at): Drivers =>
        Object.fromEntries(
          CONDITIONS.map((condition, i) => {
            const each = FEATURES.map((feature, f) => [feature, contributionOf(seed, stream, at, i, f)]);
            return [condition, Object.fromEntries(each)];
          }),
        ),
    );
  const count = (stream: number, most: number) => Math.floor(most * uniform(seed, stream));
  return materialWith({
    now: windowsFrom(60, windows(1), drivers(1)),
    before: windowsFrom(0, windows(2), drivers(2)),
    alerts: Array.from({ length: count(3, 4) }, (_, i) => alertAt(61 + i, 'fall')),
    medication: Array.from({ length: count(4, 3) }, (_, i) => entryAt(61 + i)),
  });
}

/** Claims of every kind, with numbers on both sides of what is true. */
function claimsOf({ items }: InsightMaterial): [InsightPredicate, string[]][] {
  const claims: [InsightPredicate, string[]][] = [];
  const windows = [...items.values()].filter(({ kind }) => kind === 'window').map(({ id }) => id);
  const ids = (kind: InsightItem['kind']) =>
    [...items.values()].filter((item) => item.kind === kind).map(({ id }) => id);
  for (const condition of CONDITIONS) {
    const [now, before] = [`statistic:${condition}:now`, `statistic:${condition}:before`];
    for (const comparison of ['equals', 'atLeast', 'atMost'] as const) {
      for (const supports of [[now], [before], windows.slice(0, 3)]) {
        for (let value = 0; value <= 24; value += 2) {
          const windows = { kind: 'windows', condition, comparison, value } as const;
          claims.push([{ ...windows, which: 'positive' }, supports]);
          claims.push([{ ...windows, which: 'assessable' }, supports]);
          for (const feature of FEATURES)
            claims.push([{ kind: 'driver', condition, feature, comparison, value: value / 2 }, supports]);
          claims.push([{ kind: 'mean', condition, comparison, value: value / 25 }, supports]);
          claims.push([{ kind: 'share', condition, comparison, value: value / 25 }, supports]);
        }
      }
      for (let value = -50; value <= 50; value += 2) {
        claims.push([{ kind: 'change', condition, comparison, value: value / 100 }, [now, before]]);
      }
    }
    for (const id of ids('exercise')) claims.push([{ kind: 'exercise', condition }, [id, now]]);
  }
  for (let value = 0; value < 4; value++) {
    claims.push([{ kind: 'alerts', rule: 'fall', comparison: 'equals', value }, ids('alert')]);
    claims.push([{ kind: 'medication', comparison: 'equals', value }, ids('medication')]);
  }
  return claims;
}

/** The numbers that a sentence may have, read out of what it cites and claims, and out of nothing else. */
function numbersOf(
  predicate: InsightPredicate,
  cited: readonly InsightItem[],
  all: number,
  seed: number,
): Set<string> {
  const ratios: number[] = [];
  const counts = [cited.length, all, 60, 1];
  const probabilities: number[] = [];
  for (const item of cited) {
    if (item.kind === 'statistic') {
      counts.push(item.windows, item.assessable, item.positive);
      counts.push(...(item.drivers ?? []).map(({ windows }) => windows));
      ratios.push(item.meanProbability ?? 0, item.positive / (item.assessable || 1));
    }
    if (item.kind === 'window' && 'condition' in predicate) {
      const score = item.scores.find(({ condition }) => condition === predicate.condition)?.probability;
      if (score !== null && score !== undefined) probabilities.push(score);
    }
  }
  const threshold = 'condition' in predicate && predicate.condition === 'freezing' ? 0.1 : 0.5;
  const positive = probabilities.filter((probability) => probability >= threshold).length;
  if (cited[0]?.kind === 'window') {
    counts.push(probabilities.length, positive);
    const sum = probabilities.reduce((a, b) => a + b, 0);
    ratios.push(sum / (probabilities.length || 1), positive / (probabilities.length || 1));
  }
  if (predicate.kind === 'driver') {
    const spoke = cited.filter((item) => {
      if (item.kind !== 'window') return false;
      const at = (item.startMs - FIRST_MS) / MINUTE_MS - 60;
      const i = CONDITIONS.indexOf(predicate.condition);
      const each = FEATURES.map((_, f) => contributionOf(seed, 1, at, i, f));
      const most = Math.max(...each);
      const score = item.scores[i]!.probability;
      return (
        score !== null && score >= threshold && most > 0 && FEATURES[each.indexOf(most)] === predicate.feature
      );
    });
    counts.push(spoke.length);
  }
  if (predicate.kind === 'change') ratios.push(Math.abs(ratios[0]! - ratios[2]!));
  if ('value' in predicate) {
    counts.push(predicate.value);
    ratios.push(Math.abs(predicate.value));
  }
  const hundredth = (ratio: number) => Math.round(100 * ratio);
  return new Set([
    ...counts.map(String),
    ...ratios.flatMap((ratio) => [(hundredth(ratio) / 100).toFixed(2), String(hundredth(ratio))]),
  ]);
}

describe('the texts of a claim', () => {
  it('are there when it holds, stay whoever offers them, and have no number that is not cited', () => {
    const kinds = new Map<string, number>();
    const wrong: string[] = [];
    for (let seed = 0; seed < 4; seed++) {
      const material = materialOfSeed(seed);
      const all = [...material.items.values()].filter(({ kind }) => kind === 'window').length;
      for (const [predicate, supports] of claimsOf(material)) {
        const cited = supports.flatMap((id) => material.items.get(id) ?? []);
        if (cited.length === 0 || cited.length !== supports.length) continue;
        const evaluated = evaluatePredicate(predicate, cited, material);
        if (typeof evaluated === 'string' || !evaluated.holds) continue;
        const texts = sentenceTexts(predicate, evaluated, cited, material);
        const count = (kinds.get(predicate.kind) ?? 0) + 1;
        kinds.set(predicate.kind, count);
        const text = texts[Math.floor(uniform(seed, 5, count) * texts.length)] ?? '';
        const checked = checkSentence({ text, supports, predicate }, material);
        const numbers = numbersOf(predicate, cited, all, seed);
        const isWrong =
          typeof checked === 'string' ||
          checked.text !== text ||
          new Set(texts).size !== texts.length ||
          !/^[A-Z0-9].{0,398}\.$/.test(text) ||
          /[{}[\]|]|NaN|undefined/.test(text) ||
          (predicate.kind !== 'exercise' &&
            [...text.matchAll(/\d+(?:\.\d+)?/g)].some(([number]) => !numbers.has(number)));
        if (isWrong) wrong.push(`${JSON.stringify(predicate)}: ${text}`);
      }
    }
    expect(wrong).toEqual([]);
    expect([...kinds.keys()].sort()).toEqual(
      ['alerts', 'change', 'driver', 'exercise', 'mean', 'medication', 'share', 'windows'].sort(),
    );
  });

  it('say that windows are picked, and of how many, and that a time is the one before', () => {
    const material = materialWith();
    const windows = [...material.items.keys()].filter((id) => id.startsWith('window:')).slice(0, 2);
    const textsOf = (value: number, supports: string[]) => {
      const predicate: InsightPredicate = {
        ...{ kind: 'windows', condition: 'tremor', which: 'positive', comparison: 'equals', value },
      };
      const cited = supports.map((id) => material.items.get(id)!);
      const evaluated = evaluatePredicate(predicate, cited, material);
      return typeof evaluated === 'string' ? evaluated : sentenceTexts(predicate, evaluated, cited, material);
    };
    for (const text of textsOf(2, windows)) expect(text).toContain('among 2 windows picked out of 10');
    for (const text of textsOf(0, ['statistic:tremor:before']))
      expect(text).toMatch(/ in the (60 minutes|hour) before/);
    expect(textsOf(2, [...windows, 'statistic:tremor:now'])).toBe('unfit_citation');
  });
});

describe('a wording', () => {
  it('is every sentence that its choices and places allow, the usual one first', () => {
    expect(expandWording('{a} is [seen|found|].', { a: ['it', 'she'] })).toEqual([
      ...['It is seen.', 'It is found.', 'It is .', 'She is seen.', 'She is found.', 'She is .'],
    ]);
  });

  it('takes what stands in a place as it is, and fails where nothing does', () => {
    expect(expandWording('{a}.', { a: ['[x|y] {b}'] })).toEqual(['[x|y] {b}.']);
    expect(() => expandWording('{a} {b}', { a: ['x'] })).toThrow('no texts for {b}');
  });
});

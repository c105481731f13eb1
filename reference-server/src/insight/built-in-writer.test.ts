import { CONDITIONS, uniform } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { builtInWriter } from './built-in-writer.ts';
import { checkSentence, checkSentences } from './check-sentences.ts';
import { loadLibrary } from './exercise-library.ts';
import { RETRIEVED_MAX } from './facts.ts';
import { alertAt, entryAt, materialWith, type Probabilities, windowsFrom } from './material.fixture.ts';
import { materialOf } from './material.ts';

const textsOf = async (material: ReturnType<typeof materialWith>) => {
  const { kept, removed } = checkSentences(await builtInWriter.write(material), material);
  expect(removed).toEqual([]);
  return kept.map(({ text }) => text);
};

describe('the built-in writer', () => {
  it('tells what was found, how it changed, what was raised and entered, and what to play', async () => {
    const texts = await textsOf(materialWith());
    // Of conditions that these windows know nothing of it says just that.
    const assessed = texts.filter((text) => !/^(?!Little).* could not be assessed/.test(text));
    expect(assessed).toEqual([
      'Tremor was found in 6 of the 9 windows that could be assessed.',
      'The mean probability of tremor was 0.56.',
      'The mean probability of tremor was 0.34 higher than in the 60 minutes before.',
      'Little arm swing could not be assessed in any window.',
      'Walking was found in 2 of the 10 windows that could be assessed.',
      'The mean probability of walking was 0.26.',
      'The mean probability of walking was 0.16 higher than in the 60 minutes before.',
      '2 alerts of the rule sustained-tremor were raised.',
      '1 entry of medication was made.',
      expect.stringMatching(/^A game for tremor: /),
      expect.stringMatching(/^An exercise for walking: /),
      expect.stringMatching(/^An exercise for tremor: /),
    ]);
  });

  it('says of nobody that they are there, and invents nothing, where there are no windows', async () => {
    const texts = await textsOf(materialWith({}));
    expect(texts).toHaveLength(CONDITIONS.length);
    for (const text of texts) expect(text).toMatch(/ could not be assessed in any window\.$/);
  });

  it('says "at least" of what it did not read to the end', async () => {
    const alerts = Array.from({ length: RETRIEVED_MAX.alerts + 1 }, (_, i) => alertAt(60 + i / 10, 'fall'));
    const medication = Array.from({ length: RETRIEVED_MAX.medication + 1 }, (_, i) => entryAt(60 + i));
    expect(await textsOf(materialWith({ alerts, medication }))).toEqual(
      expect.arrayContaining([
        'At least 100 alerts of the rule fall were raised.',
        'At least 50 entries of medication were made.',
      ]),
    );
  });

  it('loses no sentence to the checks, whatever the history is', async () => {
    for (let seed = 0; seed < 300; seed++) {
      const level = (stream: number) => uniform(seed, stream);
      const windows = (stream: number, most: number) =>
        Array.from({ length: Math.floor(most * level(stream)) }, (_, at): Probabilities => {
          const of = (condition: number) =>
            uniform(seed, 10 + stream, at, condition) < 0.2
              ? null
              : uniform(seed, 20 + stream, at, condition) ** (4 * level(30 + condition));
          return Object.fromEntries(CONDITIONS.map((condition, i) => [condition, of(i)]));
        });
      const rules = ['fall', 'sustained-tremor', 'freezing-of-gait'];
      await textsOf(
        materialWith({
          now: windowsFrom(60, windows(1, 60)),
          before: windowsFrom(0, windows(2, 60)),
          alerts: Array.from({ length: Math.floor(4 * level(3)) }, (_, i) => alertAt(61 + i, rules[i % 3]!)),
          medication: Array.from({ length: Math.floor(3 * level(4)) }, (_, i) =>
            entryAt(61 + i, 'found in the windows that could be assessed'.slice(0, 5)),
          ),
        }),
      );
    }
  });

  it('can recommend every exercise and game of the library that is for a condition of today', async () => {
    const library = loadLibrary();
    const ofToday = new Set<string>(CONDITIONS);
    for (const exercise of library.exercises) {
      const need = exercise.for.find(({ condition }) => ofToday.has(condition));
      if (!need) continue;
      const positive = Math.round((need.grades[0] / 4) * 20);
      const now = windowsFrom(
        60,
        Array.from({ length: 20 }, (_, at) => ({ [need.condition]: at < positive ? 0.9 : 0.05 })),
      );
      const only = { ...library, exercises: [exercise] };
      const material = materialOf(materialWith({ now }).facts, only);
      const offered = (await builtInWriter.write(material)).at(-1);
      expect(checkSentence(offered, material), exercise.id).toMatchObject({
        predicate: { kind: 'exercise' },
      });
    }
  });
});

import { hash32, hashString, type InsightSentence } from '@gaitway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManualClock } from '../observe/manual-clock.fixture.ts';
import { createPrometheusMeter } from '../observe/prometheus-meter.ts';
import { INSIGHT_SETTINGS_DEFAULT } from '../settings.ts';
import { builtInWriter } from './built-in-writer.ts';
import { ChatApiUnderTest } from './chat-api.fixture.ts';
import { ChatWriter } from './chat-writer.ts';
import { checkSentence, checkSentences } from './check-sentences.ts';
import { goodModel } from './good-model.fixture.ts';
import { materialWith, windowOf, windowsFrom } from './material.fixture.ts';
import type { InsightMaterial } from './material.ts';
import type { InsightWriter } from './writer.ts';

const MATERIALS: InsightMaterial[] = [
  materialWith(),
  materialWith({
    now: windowsFrom(60, Array(8).fill({ tremor: 0.1, gait: 0.9, rigidityProxy: 0.7, freezing: 0.6 })),
    before: [windowOf(0, { tremor: 0.6, gait: 0.9 })],
  }),
  materialWith({
    now: windowsFrom(
      60,
      Array(6).fill({ tremor: 0.9 }),
      [3, 3, 1, 3, 1, 3].map((gyroTremor) => ({ tremor: { gyroTremor, armSwing: 2 } })),
    ),
  }),
];

let api: ChatApiUnderTest;
const writers: [name: string, write: InsightWriter['write']][] = [
  ['the built-in writer', builtInWriter.write],
  [
    'a good model',
    async (material) => {
      const { timeLimitMs } = INSIGHT_SETTINGS_DEFAULT;
      const settings = { baseUrl: api.baseUrl, model: 'm-1', timeLimitMs, budget: INSIGHT_SETTINGS_DEFAULT };
      const writer = new ChatWriter(settings, createManualClock(), createPrometheusMeter());
      return writer.write(material);
    },
  ],
];
beforeAll(async () => {
  api = await ChatApiUnderTest.start();
  api.play = goodModel(7);
});
afterAll(() => api.stop());

/** Words that one in a sentence becomes, by what that does to it. */
const WORDS = [
  ...['not', 'no', 'never', 'always', 'every', 'without', 'higher', 'lower', 'before', 'after', 'severe'],
  ...['tremor', 'freezing', 'walking', 'falls', 'alerts', 'dose', 'levodopa', 'stop', 'six', 'nine', 'half'],
];
const CLAUSES = [
  'Stop all tablets.',
  'and it got worse',
  'See evil.example.',
  'in every window',
  'as it should be',
  'Tremor was found.',
];

type Change = (words: string[], at: number, draw: number) => string[];
const CHANGES: Record<string, Change> = {
  'another number': (words, at, draw) =>
    words.map((word, i) =>
      i === at ? word.replace(/\d+/, (digits) => String(Number(digits) + 1 + (draw % 9))) : word,
    ),
  'another word': (words, at, draw) => words.with(at, WORDS[draw % WORDS.length]!),
  'a word more': (words, at, draw) => words.toSpliced(at, 0, WORDS[draw % WORDS.length]!),
  'a word less': (words, at) => words.toSpliced(at, 1),
  'a word twice': (words, at) => words.toSpliced(at, 0, words[at]!),
  'two words changed round': (words, at, draw) => {
    const other = draw % words.length;
    return words.with(at, words[other]!).with(other, words[at]!);
  },
  'a clause more': (words, at, draw) => words.toSpliced(at, 0, CLAUSES[draw % CLAUSES.length]!),
  'a clause behind': (words, _, draw) => [...words, CLAUSES[draw % CLAUSES.length]!],
  'a letter that looks the same': (words) => [
    words.join(' ').replace(/[ao]/, (letter) => (letter === 'a' ? 'а' : 'о')),
  ],
};

/** Two wordings of one claim differ by these alone, so that a change may give another sentence of the same meaning. */
const meaningOf = (text: string) =>
  text
    .toLowerCase()
    .replace(/\b(the|found|seen|detected|had|showed)\b/g, '')
    .replace(/\s+/g, ' ');

const PLACES_TRIED = 4;

function mutantsOf({ text }: InsightSentence, seed: number): string[] {
  const words = text.split(' ');
  return Object.values(CHANGES).flatMap((change, kind) =>
    Array.from({ length: PLACES_TRIED }, (_, i) => {
      const draw = hash32(seed, kind, i, hashString(text));
      return change(words, draw % words.length, draw >>> 8).join(' ');
    }),
  );
}

describe.each(writers)('of the sentences of %s', (_, write) => {
  it('all stay, and none with another word, number, negation or clause', async () => {
    let tried = 0;
    const stayed: string[] = [];
    for (const [seed, material] of MATERIALS.entries()) {
      const { kept, removed } = checkSentences(await write(material), material);
      expect(removed).toEqual([]);
      expect(kept.length).toBeGreaterThan(8);
      for (const sentence of kept) {
        for (const text of mutantsOf(sentence, seed)) {
          if (meaningOf(text) === meaningOf(sentence.text)) continue;
          tried += 1;
          if (typeof checkSentence({ ...sentence, text }, material) !== 'string') stayed.push(text);
        }
      }
    }
    expect(stayed).toEqual([]);
    expect(tried).toBeGreaterThan(500);
  });

  it('none stays under another claim or with other sources', async () => {
    for (const material of MATERIALS) {
      const { kept } = checkSentences(await write(material), material);
      const ids = [...material.items.keys()];
      kept.forEach((sentence, at) => {
        const refused = (over: Partial<InsightSentence>) =>
          expect(typeof checkSentence({ ...sentence, ...over }, material), JSON.stringify(over)).toBe(
            'string',
          );
        for (const other of kept) {
          if (other.predicate === sentence.predicate) continue;
          // The same claim may be told twice, in two wordings.
          const same = JSON.stringify([other.predicate, other.supports].sort());
          if (same === JSON.stringify([sentence.predicate, sentence.supports].sort())) continue;
          refused({ predicate: other.predicate, supports: other.supports });
        }
        const others = ids.filter((id) => !sentence.supports.includes(id));
        refused({ supports: [...sentence.supports, others[at % others.length]!] });
        refused({ supports: [] });
        if ('value' in sentence.predicate) {
          for (const step of [-1, -0.02, 0.02, 1]) {
            refused({ predicate: { ...sentence.predicate, value: sentence.predicate.value + step } });
          }
        }
      });
    }
  });
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LibraryFault, loadLibrary, parseLibrary } from './exercise-library.ts';

const text = readFileSync(new URL('./library.json', import.meta.url), 'utf8');
// biome-ignore lint/suspicious/noExplicitAny: the tests break it in any way
const broken = (change: (library: any) => void): string => {
  const library = JSON.parse(text);
  change(library);
  try {
    parseLibrary(JSON.stringify(library), 'mine.json');
  } catch (error) {
    if (error instanceof LibraryFault) return error.message;
    throw error;
  }
  return 'nothing is wrong';
};

it('comes with exercises and games, each with published sources and something that speaks against it', () => {
  const { exercises } = loadLibrary();
  expect(exercises.length).toBeGreaterThanOrEqual(20);
  expect(exercises.length).toBeLessThanOrEqual(40);
  expect(exercises.filter(({ game }) => game).length).toBeGreaterThanOrEqual(3);
  for (const { sources, contraindications } of exercises) {
    expect(sources.length).toBeGreaterThan(0);
    expect(contraindications.length).toBeGreaterThan(0);
    for (const { kind, doi } of sources) if (kind !== 'guideline') expect(doi).toMatch(/^10\./);
  }
});

it.each([
  [
    'an unknown condition',
    'mine.json: exercises[2].for[0].condition: must be one of tremor,',
    (library) => {
      library.exercises[2].for[0].condition = 'sadness';
    },
  ],
  [
    'a missing field',
    "mine.json: exercises[1]: must have required property 'says'",
    (library) => {
      delete library.exercises[1].says;
    },
  ],
  [
    'a misspelt field',
    "mine.json: exercises[0]: 'contraindication' is not known here",
    (library) => {
      library.exercises[0].contraindication = [];
    },
  ],
  [
    'a source that is not there',
    "mine.json: exercises[0].sources[0]: there is no source 'nobody-1900'",
    (library) => {
      library.exercises[0].sources[0] = 'nobody-1900';
    },
  ],
  [
    'an exercise without a source',
    'mine.json: exercises[0].sources: must NOT have fewer than 1 items',
    (library) => {
      library.exercises[0].sources = [];
    },
  ],
  [
    'a source that nobody uses',
    "mine.json: sources[37]: no exercise rests on 'extra'",
    (library) => {
      library.sources.push({ id: 'extra', kind: 'trial', reference: 'r' });
    },
  ],
  [
    'an id twice',
    "mine.json: exercises[1].id: 'metronome-walking' is there already",
    (library) => {
      library.exercises[1].id = 'metronome-walking';
    },
  ],
  [
    'grades upside down',
    'mine.json: exercises[0].for[0].grades: the least, 4, comes first',
    (library) => {
      library.exercises[0].for[0].grades = [4, 1];
    },
  ],
  [
    'a grade beyond 4',
    'mine.json: exercises[0].for[0].grades[1]: must be <= 4',
    (library) => {
      library.exercises[0].for[0].grades = [1, 5];
    },
  ],
  [
    'half a contraindication',
    'exercises[0].contraindications[0]: condition and grades belong together',
    (library) => {
      library.exercises[0].contraindications[0].condition = 'tremor';
    },
  ],
  // biome-ignore lint/suspicious/noExplicitAny: the tests break it in any way
] satisfies [string, string, (library: any) => void][])(
  'refuses %s, with file and field',
  (_, says, change) => {
    expect(broken(change)).toContain(says);
  },
);

it('says everything that is wrong at once, and refuses what is not JSON', () => {
  const says = broken((library) => {
    library.version = '';
    library.exercises[3].game = 'yes';
  });
  expect(says.split('\n').length).toBeGreaterThanOrEqual(2);
  expect(says).toContain('mine.json: exercises[3].game: must be boolean');
  expect(() => parseLibrary('{', 'mine.json')).toThrow(/^mine\.json: is not JSON/);
});

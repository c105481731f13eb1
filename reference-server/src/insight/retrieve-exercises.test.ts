import { describe, expect, it } from 'vitest';
import { type Exercise, type ExerciseLibrary, loadLibrary } from './exercise-library.ts';
import { alertAt, materialWith, type Probabilities, windowsFrom } from './material.fixture.ts';
import { chooseExercises, gradesOf, retrieveExercises } from './retrieve-exercises.ts';
import { TEXT_CHARACTERS_MAX } from './sentence-form.ts';
import { notAssessedText } from './wordings.ts';

const exercise = (id: string, over: Partial<Exercise>): Exercise => ({
  ...{ id, title: id, says: id, game: false, for: [{ condition: 'tremor', grades: [1, 4] }] },
  contraindications: [{ says: 'none known' }],
  sources: [{ id: 's', kind: 'study', reference: 'r' }],
  ...over,
});
const library = (...exercises: Exercise[]): ExerciseLibrary => ({ version: 'v', exercises });
const idsOf = (found: ReturnType<typeof retrieveExercises>) => found.map(({ exercise: { id } }) => id);

/** Tremor in eight of ten windows (grade 4), walking in none (grade 0). */
const { facts } = materialWith({
  now: windowsFrom(
    60,
    Array.from({ length: 10 }, (_, at) => ({ tremor: at < 8 ? 0.9 : 0.1, gait: 0.1 })),
  ),
  alerts: [alertAt(61, 'fall')],
});

describe('exercises are retrieved', () => {
  it('by the grades of the conditions that enough windows could be assessed for', () => {
    expect([...gradesOf(facts)]).toEqual([
      ['tremor', 4],
      ['gait', 0],
    ]);
    const few = materialWith({ now: windowsFrom(60, Array(4).fill({ tremor: 0.9 })) });
    expect([...few.grades]).toEqual([]);
    expect(few.exercises).toEqual([]);
  });

  it('the one that helps with more comes first, then the better source, then the id', () => {
    const source = { id: 's', reference: 'r' };
    const found = retrieveExercises(
      library(
        exercise('c', {}),
        exercise('b', {}),
        exercise('trial', { sources: [{ ...source, kind: 'trial' }] }),
        exercise('both', {
          for: [
            { condition: 'tremor', grades: [3, 4] },
            { condition: 'gait', grades: [0, 1] },
          ],
        }),
        exercise('milder', { for: [{ condition: 'tremor', grades: [1, 3] }] }),
        exercise('not assessed', { for: [{ condition: 'rigidityProxy', grades: [0, 4] }] }),
      ),
      facts,
      10,
    );
    expect(idsOf(found)).toEqual(['both', 'trial', 'b', 'c']);
    expect(found[0]!.conditions).toEqual(['tremor', 'gait']);
    expect(idsOf(retrieveExercises(library(exercise('b', {}), exercise('a', {})), facts, 1))).toEqual(['a']);
  });

  it('little walking counts as a need of walking, much walking does not', () => {
    const walk = (grades: [number, number]) =>
      retrieveExercises(library(exercise('w', { for: [{ condition: 'gait', grades }] })), facts, 1)[0]?.rank;
    expect(walk([0, 4])).toBe(10 * (1 + 4) + 1);
  });

  it('never one that an alert or a condition of the period speaks against', () => {
    const found = retrieveExercises(
      library(
        exercise('after a fall', { contraindications: [{ says: 'no', alertRule: 'fall' }] }),
        exercise('strong tremor', {
          contraindications: [{ says: 'no', condition: 'tremor', grades: [4, 4] }],
        }),
        exercise('mild tremor', { contraindications: [{ says: 'no', condition: 'tremor', grades: [1, 3] }] }),
        exercise('after another', { contraindications: [{ says: 'no', alertRule: 'other' }] }),
      ),
      facts,
      10,
    );
    expect(idsOf(found)).toEqual(['after another', 'mild tremor']);
  });

  it('with what could not be looked at, and behind those of which all could', () => {
    const none = { says: 'a person looks' };
    const against = (says: string, condition: string) => ({ says, condition, grades: [4, 4] as const });
    const trial = { sources: [{ id: 's', reference: 'r', kind: 'trial' as const }] };
    const found = retrieveExercises(
      library(
        exercise('unseen', { ...trial, contraindications: [against('a', 'freezing'), none] }),
        exercise('declined', { contraindications: [against('b', 'dyskinesia')] }),
        exercise('seen', { contraindications: [against('c', 'gait'), none] }),
      ),
      facts,
      10,
    );
    expect(found.map(({ exercise: { id }, notAssessed }) => [id, notAssessed])).toEqual([
      ['seen', []],
      ['unseen', ['a']],
      ['declined', ['b']],
    ]);
  });

  it('and no news of a fall is none where no device could tell of one', () => {
    const walk = exercise('walk', {
      for: [{ condition: 'gait', grades: [0, 4] }],
      contraindications: [{ says: 'no', alertRule: 'fall' }],
    });
    const notAssessedOf = (each: Probabilities) => {
      const { facts } = materialWith({ now: windowsFrom(60, Array(10).fill(each)) });
      return retrieveExercises(library(walk), facts, 1)[0]!.notAssessed;
    };
    expect(notAssessedOf({ tremor: 0.1, gait: 0.1 })).toEqual([]);
    expect(notAssessedOf({ freezing: 0.01, gait: 0.1 })).toEqual(['no']);
  });

  it('and every one of the library can be told, whatever nobody could look at', () => {
    for (const { id, title, says, contraindications } of loadLibrary().exercises) {
      const all = contraindications.filter(({ alertRule, condition }) => alertRule ?? condition);
      const behind = notAssessedText(all.map((against) => against.says));
      const longest = `For little arm swing, an exercise to consider: ${title}. ${says}${behind}`;
      expect.soft(longest.length, id).toBeLessThanOrEqual(TEXT_CHARACTERS_MAX);
    }
  });

  it('the best of each condition in turn, so that much of one need hides no other', () => {
    const gait = { for: [{ condition: 'gait', grades: [0, 0] as const }] };
    const ranked = retrieveExercises(
      library(
        exercise('t1', {}),
        exercise('t2', {}),
        exercise('w1', gait),
        exercise('w2', gait),
        exercise('w3', gait),
      ),
      facts,
      10,
    );
    const chosen = chooseExercises(ranked, 3);
    expect(idsOf(chosen)).toEqual(['t1', 'w1', 't2']);
    expect(chosen.map(({ conditions }) => conditions[0])).toEqual(['tremor', 'gait', 'tremor']);
    expect(idsOf(chooseExercises(ranked, 10))).toHaveLength(5);
    expect(chooseExercises([], 3)).toEqual([]);
  });

  it('with a game in place of the last where only a worse one is a game', () => {
    const ranked = retrieveExercises(
      library(exercise('a', {}), exercise('b', {}), exercise('c', {}), exercise('z', { game: true })),
      facts,
      10,
    );
    expect(idsOf(chooseExercises(ranked, 3))).toEqual(['a', 'b', 'z']);
  });

  it('with a game among them where one suits, also when others are better', () => {
    const { exercises } = materialWith();
    expect(exercises.some(({ exercise: { game } }) => game)).toBe(true);
    expect(exercises).toHaveLength(6);
  });
});

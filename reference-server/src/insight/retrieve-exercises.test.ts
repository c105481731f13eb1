import { describe, expect, it } from 'vitest';
import type { Exercise, ExerciseLibrary } from './exercise-library.ts';
import { alertAt, materialWith, windowsFrom } from './material.fixture.ts';
import { chooseExercises, gradesOf, retrieveExercises } from './retrieve-exercises.ts';

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

import type { InsightItem } from '@gaitway/contract';
import type { ExerciseLibrary } from './exercise-library.ts';
import type { Facts } from './facts.ts';
import { exerciseItem, gradesOf, type RankedExercise, retrieveExercises } from './retrieve-exercises.ts';

/** Exercises that a writer may choose from. */
export const EXERCISES_MAX = 6;

/** All that a writer has to write from, and all that its sentences may cite. */
export interface InsightMaterial {
  facts: Facts;
  grades: ReadonlyMap<string, number>;
  exercises: readonly RankedExercise[];
  /** Facts and exercises, by id. */
  items: ReadonlyMap<string, InsightItem>;
}

export function materialOf(facts: Facts, library: ExerciseLibrary): InsightMaterial {
  const suited = retrieveExercises(library, facts, library.exercises.length);
  const exercises = suited.slice(0, EXERCISES_MAX);
  const game = suited.find(({ exercise }) => exercise.game);
  // Somebody who would rather play gets the choice.
  if (game && !exercises.includes(game)) exercises[EXERCISES_MAX - 1] = game;
  const items = new Map(facts.items);
  for (const ranked of exercises) {
    const item = exerciseItem(ranked);
    items.set(item.id, item);
  }
  return { facts, grades: gradesOf(facts), exercises, items };
}

import type { InsightItem } from '@gaitway/contract';
import type { ExerciseLibrary } from './exercise-library.ts';
import type { Facts } from './facts.ts';
import {
  chooseExercises,
  exerciseItem,
  gradesOf,
  type RankedExercise,
  retrieveExercises,
} from './retrieve-exercises.ts';

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
  const exercises = chooseExercises(
    retrieveExercises(library, facts, library.exercises.length),
    EXERCISES_MAX,
  );
  const items = new Map(facts.items);
  for (const ranked of exercises) {
    const item = exerciseItem(ranked);
    items.set(item.id, item);
  }
  return { facts, grades: gradesOf(facts), exercises, items };
}

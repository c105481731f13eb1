import { CONDITIONS, type Condition, gradeOf } from '@gaitway/contract';
import type { Exercise, ExerciseLibrary, GradeRange } from './exercise-library.ts';
import { type ExerciseItem, type Facts, statisticNow } from './facts.ts';

/** A condition of fewer assessable windows than this has no grade: three lucky windows are no reason to train. */
export const GRADED_WINDOWS_MIN = 5;

/** How much each kind of source weighs: a guideline or a review stands on many works, a study may have no comparison. */
const SOURCE_WEIGHT = { guideline: 3, review: 3, trial: 2, study: 1 } as const;

/** An exercise that suits the facts, with what could not be looked at ({@link notAssessedIn}), for which of the conditions, the best reason first. */
export interface RankedExercise {
  exercise: Exercise;
  conditions: Condition[];
  notAssessed: string[];
  rank: number;
}

const isWithin = (grade: number, [least, most]: GradeRange) => grade >= least && grade <= most;

/** The grade of each condition in the period; those with too few windows are not in it. */
export function gradesOf(facts: Facts): Map<string, number> {
  const grades = new Map<string, number>();
  for (const condition of CONDITIONS) {
    const { assessable, positive } = statisticNow(facts, condition);
    if (assessable >= GRADED_WINDOWS_MIN) grades.set(condition, gradeOf(positive, assessable));
  }
  return grades;
}

/** What speaks against an exercise in these facts, as far as a program can see. */
export function againstIn(
  exercise: Pick<Exercise, 'contraindications'>,
  { alerted }: Facts,
  grades: ReadonlyMap<string, number>,
): string[] {
  return exercise.contraindications
    .filter(({ alertRule, condition, grades: range }) => {
      const grade = condition === undefined ? undefined : grades.get(condition);
      return (
        (alertRule !== undefined && alerted.has(alertRule)) ||
        (grade !== undefined && range !== undefined && isWithin(grade, range))
      );
    })
    .map(({ says }) => says);
}

/**
 * The condition by which a rule's silence means something: devices tell of falls at the wrist alone, and tremor is assessed
 * nowhere else. Without it no alert of a fall is no sign that nobody fell.
 */
const SEEN_WITH: Readonly<Record<string, Condition>> = { fall: 'tremor' };

/**
 * What may speak against an exercise and could not be looked at in this period: that nothing was found of it says nothing.
 * What only a person can see of anybody is not in it.
 */
export function notAssessedIn(
  { contraindications }: Pick<Exercise, 'contraindications'>,
  grades: ReadonlyMap<string, number>,
): string[] {
  return contraindications
    .filter(({ alertRule, condition }) => {
      const seenWith = condition ?? (alertRule === undefined ? undefined : SEEN_WITH[alertRule]);
      return seenWith !== undefined && !grades.has(seenWith);
    })
    .map(({ says }) => says);
}

/** So much an exercise loses of which something could not be looked at: more than a source can give, less than a grade. */
const NOT_ASSESSED_RANK = 4;

/** `true`: the library says that the exercise is for this condition at this grade. */
export function isFor(exercise: Exercise, condition: string, grade: number): boolean {
  return exercise.for.some((need) => need.condition === condition && isWithin(grade, need.grades));
}

/**
 * The exercises that suit the facts, best first, at most `limit`. For each condition that an exercise is for at its
 * grade it gets the grade (for `gait`, which is walking, 4 less it: little walking needs more), and one for
 * having it at all. Among equals those come first of which all could be looked at, then the best source decides, then the id. What
 * speaks against it leaves it out.
 */
export function retrieveExercises(library: ExerciseLibrary, facts: Facts, limit: number): RankedExercise[] {
  const grades = gradesOf(facts);
  const ranked: RankedExercise[] = [];
  for (const exercise of library.exercises) {
    const found = CONDITIONS.flatMap((condition) => {
      const grade = grades.get(condition);
      if (grade === undefined || !isFor(exercise, condition, grade)) return [];
      return [{ condition, need: 1 + (condition === 'gait' ? 4 - grade : grade) }];
    }).sort((a, b) => b.need - a.need);
    if (found.length === 0 || againstIn(exercise, facts, grades).length > 0) continue;
    const evidence = Math.max(...exercise.sources.map(({ kind }) => SOURCE_WEIGHT[kind]));
    const notAssessed = notAssessedIn(exercise, grades);
    const need = found.reduce((sum, { need }) => sum + need, 0);
    ranked.push({
      exercise,
      conditions: found.map(({ condition }) => condition),
      notAssessed,
      rank: 10 * need + evidence - (notAssessed.length > 0 ? NOT_ASSESSED_RANK : 0),
    });
  }
  return ranked.sort((a, b) => b.rank - a.rank || (a.exercise.id < b.exercise.id ? -1 : 1)).slice(0, limit);
}

/**
 * At most `limit` of ranked exercises: the best of each condition in turn, so that one need does not crowd out the
 * others, and a game among them where there is one, for who would rather play. Each comes with the condition that it
 * was chosen for in front.
 */
export function chooseExercises(ranked: readonly RankedExercise[], limit: number): RankedExercise[] {
  const conditions = [...new Set(ranked.flatMap((one) => one.conditions))];
  const chosen: RankedExercise[] = [];
  const left = new Set(ranked);
  const choose = (one: RankedExercise, condition: Condition, at = chosen.length) => {
    left.delete(one);
    const others = one.conditions.filter((other) => other !== condition);
    chosen[at] = { ...one, conditions: [condition, ...others] };
  };
  while (chosen.length < limit && left.size > 0) {
    for (const condition of conditions) {
      const best = [...left].find((one) => one.conditions.includes(condition));
      if (best && chosen.length < limit) choose(best, condition);
    }
  }
  const game = ranked.find(({ exercise }) => exercise.game);
  if (game && !chosen.some(({ exercise }) => exercise.game))
    choose(game, game.conditions[0]!, chosen.length - 1);
  return chosen;
}

/** An exercise as an item that can be cited. */
export function exerciseItem({
  exercise,
  notAssessed,
}: Pick<RankedExercise, 'exercise' | 'notAssessed'>): ExerciseItem {
  const { id, title, says, game, contraindications, sources } = exercise;
  return {
    ...{ id: `exercise:${id}`, kind: 'exercise', exercise: id, title, says, game },
    contraindications: contraindications.map((against) => against.says),
    notAssessed: [...notAssessed],
    sources: [...sources],
  };
}

import { readFileSync } from 'node:fs';
import { CONDITIONS, type Condition, type ExerciseSource } from '@gaitway/contract';
import { Ajv, type ErrorObject } from 'ajv';

/** Grades of a condition (`gradeOf`), both ends included. */
export type GradeRange = readonly [least: number, most: number];

/** When an exercise is not to be recommended. Without a rule or condition a person has to look. */
export interface Contraindication {
  says: string;
  /** Speaks against it when an alert of this rule was raised in the period or shortly before (`AGAINST_MS`). */
  alertRule?: string;
  /** Speaks against it when the condition has one of these grades. Both or neither. */
  condition?: string;
  grades?: GradeRange;
}

export interface Exercise {
  id: string;
  title: string;
  says: string;
  game: boolean;
  for: readonly { condition: string; grades: GradeRange }[];
  contraindications: readonly Contraindication[];
  sources: readonly ExerciseSource[];
}

export interface ExerciseLibrary {
  version: string;
  exercises: readonly Exercise[];
}

/** The rules whose alerts speak against an exercise of this library. */
export function rulesAgainst({ exercises }: ExerciseLibrary): string[] {
  const against = exercises.flatMap(({ contraindications }) => contraindications);
  return [...new Set(against.flatMap(({ alertRule }) => alertRule ?? []))];
}

/** A library that cannot be used; one problem a line, each with file and field. */
export class LibraryFault extends Error {
  override name = 'LibraryFault';
}

/** What a library may speak of: the conditions that are assessed now, and those that a model may come for. */
export const LIBRARY_CONDITIONS: readonly string[] = [
  ...new Set<string>([...CONDITIONS, 'freezing', 'dyskinesia', 'bradykinesia'] satisfies (
    | Condition
    | string
  )[]),
];

const LIBRARY_URL = new URL('../../src/insight/library.json', import.meta.url);

const text = (most: number) => ({ type: 'string', minLength: 1, maxLength: most });
const name = { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 };
const condition = { type: 'string', enum: LIBRARY_CONDITIONS };
const grades = {
  type: 'array',
  items: { type: 'integer', minimum: 0, maximum: 4 },
  minItems: 2,
  maxItems: 2,
};
const object = (properties: Record<string, object>, optional: readonly string[] = []) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((key) => !optional.includes(key)),
  additionalProperties: false,
});
const list = (items: object) => ({ type: 'array', items, minItems: 1, maxItems: 200 });

const SCHEMA = object({
  version: name,
  sources: list(
    object(
      {
        id: name,
        kind: { type: 'string', enum: ['guideline', 'review', 'trial', 'study'] },
        reference: text(600),
        doi: { type: 'string', pattern: '^10\\.\\d{4,9}/\\S+$' },
      },
      ['doi'],
    ),
  ),
  exercises: list(
    object({
      id: name,
      title: text(80),
      says: text(200),
      game: { type: 'boolean' },
      for: list(object({ condition, grades })),
      contraindications: list(
        object({ says: text(200), alertRule: name, condition, grades }, ['alertRule', 'condition', 'grades']),
      ),
      sources: list(name),
    }),
  ),
});

interface LibraryFile {
  version: string;
  sources: ExerciseSource[];
  exercises: (Omit<Exercise, 'sources'> & { sources: string[] })[];
}

/** The library that comes with the server. Throws a {@link LibraryFault}. */
export function loadLibrary(url: URL = LIBRARY_URL): ExerciseLibrary {
  return parseLibrary(readFileSync(url, 'utf8'), url.pathname);
}

/** Reads a library; `file` is how its problems name it. Throws a {@link LibraryFault} that says all of them. */
export function parseLibrary(json: string, file: string): ExerciseLibrary {
  let read: unknown;
  try {
    read = JSON.parse(json);
  } catch (error) {
    throw new LibraryFault(`${file}: is not JSON: ${(error as Error).message}`);
  }
  const validate = new Ajv({ allErrors: true }).compile<LibraryFile>(SCHEMA);
  if (!validate(read)) throw fault(file, (validate.errors ?? []).map(problemOf));
  const problems = contradictions(read);
  if (problems.length > 0) throw fault(file, problems);
  const sources = new Map(read.sources.map((source) => [source.id, source]));
  return {
    version: read.version,
    exercises: read.exercises.map((exercise) => ({
      ...exercise,
      sources: exercise.sources.map((id) => sources.get(id)!),
    })),
  };
}

function fault(file: string, problems: readonly string[]): LibraryFault {
  return new LibraryFault(problems.map((problem) => `${file}: ${problem}`).join('\n'));
}

/** `/exercises/3/for/0/grades` as `exercises[3].for[0].grades`. */
function fieldOf(path: string): string {
  return path
    .slice(1)
    .replace(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.');
}

function problemOf({ instancePath, keyword, params, message }: ErrorObject): string {
  const at = fieldOf(instancePath) || 'the file';
  if (keyword === 'additionalProperties') return `${at}: '${params.additionalProperty}' is not known here`;
  if (keyword === 'enum') return `${at}: must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
  return `${at}: ${message ?? 'is wrong'}`;
}

/** What a schema cannot say: ids that come twice, sources that are not there, ranges that are upside down. */
function contradictions({ sources, exercises }: LibraryFile): string[] {
  const problems: string[] = [];
  const unique = (list: string, ids: readonly string[]) => {
    ids.forEach((id, at) => {
      if (ids.indexOf(id) < at) problems.push(`${list}[${at}].id: '${id}' is there already, give it another`);
    });
  };
  unique(
    'sources',
    sources.map(({ id }) => id),
  );
  unique(
    'exercises',
    exercises.map(({ id }) => id),
  );
  const known = new Set(sources.map(({ id }) => id));
  const ordered = (at: string, range: GradeRange | undefined) => {
    if (range && range[0] > range[1]) problems.push(`${at}.grades: the least, ${range[0]}, comes first`);
  };
  exercises.forEach((exercise, i) => {
    exercise.sources.forEach((id, k) => {
      if (!known.has(id)) problems.push(`exercises[${i}].sources[${k}]: there is no source '${id}'`);
    });
    exercise.for.forEach((need, k) => {
      ordered(`exercises[${i}].for[${k}]`, need.grades);
    });
    exercise.contraindications.forEach((against, k) => {
      const at = `exercises[${i}].contraindications[${k}]`;
      ordered(at, against.grades);
      if ((against.condition === undefined) !== (against.grades === undefined)) {
        problems.push(`${at}: condition and grades belong together, name both or neither`);
      }
    });
  });
  const cited = new Set(exercises.flatMap((exercise) => exercise.sources));
  sources.forEach(({ id }, at) => {
    if (!cited.has(id)) problems.push(`sources[${at}]: no exercise rests on '${id}', take it out`);
  });
  return problems;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { didYouMean } from '@gaitway/contract';
import { COHORT_DEFAULT, type Cohort, type Range, widened } from '@gaitway/simulator/cohort';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Document, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { COHORT_FILE_SCHEMA, SHARE_GROUPS } from './cohort-schema.ts';

/** One thing that is wrong in a cohort's file, and where; lines and columns count from 1. */
export interface CohortProblem {
  line: number;
  column: number;
  /** The field, as `ranges.tremorHz`; empty: the file as a whole. */
  field: string;
  says: string;
  hint: string;
}

/** A cohort that cannot be used. The message names every problem with file, line and field. */
export class CohortFault extends Error {
  override name = 'CohortFault';
  readonly problems: readonly CohortProblem[];

  constructor(file: string, problems: readonly CohortProblem[]) {
    super(
      problems
        .map(({ line, column, field, says, hint }) => {
          const which = field === '' ? '' : ` ${field}:`;
          return `${file}:${line}:${column}:${which} ${says}; ${hint}`;
        })
        .join('\n'),
    );
    this.problems = problems;
  }
}

type Path = readonly (string | number)[];
type CohortFile = Partial<Omit<Cohort, 'ranges'>> & {
  name: string;
  ranges?: Partial<Cohort['ranges']>;
  rangesWidenedBy?: number;
};

let validator: ValidateFunction | undefined;
/** Compiled when a first file is read: it takes a tenth of a second, and most commands read none. */
const cohortValidator = (): ValidateFunction => {
  validator ??= new Ajv2020({ allErrors: true }).compile(COHORT_FILE_SCHEMA);
  return validator;
};
/** Shares are written as decimal fractions, whose sums are off by a little. */
const SHARE_TOLERANCE = 1e-6;
const EXAMPLE = 'see scenarios/cohorts/default.yaml';

/** Reads a cohort from the text of a file (YAML, and so JSON as well). Throws {@link CohortFault} with every problem. */
export function parseCohort(text: string, file: string): Cohort {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    throw new CohortFault(
      file,
      document.errors.map(({ message, pos }) => ({
        ...at(pos[0]),
        field: '',
        says: `this is no YAML: ${message}`,
        hint: EXAMPLE,
      })),
    );
  }
  const value: unknown = document.toJS();
  const problems: CohortProblem[] = [];
  const report = (path: Path, says: string, hint: string): void => {
    problems.push({ ...at(offsetOf(document, path)), field: path.join('.'), says, hint });
  };
  const validate = cohortValidator();
  if (!validate(value)) {
    for (const error of validate.errors ?? []) reportSchema(error, report);
    throw new CohortFault(file, problems);
  }
  const written = value as CohortFile;
  for (const group of SHARE_GROUPS) checkShares(group, written[group], report);
  for (const [name, range] of Object.entries(written.ranges ?? {}) as [string, Range][]) {
    if (range[0] > range[1]) {
      report(['ranges', name], `begins at ${range[0]} and ends at ${range[1]}`, 'write [least, most]');
    }
  }
  if (problems.length > 0) throw new CohortFault(file, problems);
  const { rangesWidenedBy, ranges, ...rest } = written;
  const cohort: Cohort = { ...COHORT_DEFAULT, ...rest, ranges: { ...COHORT_DEFAULT.ranges, ...ranges } };
  return rangesWidenedBy === undefined ? cohort : { ...widened(cohort, rangesWidenedBy), name: cohort.name };
}

type Report = (path: Path, says: string, hint: string) => void;

function checkShares(group: string, shares: object | undefined, report: Report): void {
  if (shares === undefined) return;
  const sum = Object.values(shares).reduce((total: number, one: number) => total + one, 0);
  if (Math.abs(sum - 1) > SHARE_TOLERANCE) {
    const terms = Object.values(shares).join(' + ');
    report([group], `the shares add up to ${Number(sum.toFixed(6))} (${terms})`, 'they have to add up to 1');
  }
}

function reportSchema(
  { instancePath, keyword, message = 'is wrong', params }: ErrorObject,
  report: Report,
): void {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  switch (keyword) {
    case 'additionalProperties': {
      const unknown = String(params.additionalProperty);
      report([...path, unknown], 'no such field is known', didYouMean(unknown, fieldsAt(path)));
      break;
    }
    case 'required':
      report(path, `${String(params.missingProperty)} is missing`, EXAMPLE);
      break;
    default:
      report(path, message, EXAMPLE);
  }
}

/** Names that the schema has at a place. */
function fieldsAt(path: Path): string[] {
  let schema: { properties?: Record<string, object> } = COHORT_FILE_SCHEMA;
  for (const part of path) schema = schema.properties?.[part] ?? {};
  return Object.keys(schema.properties ?? {});
}

/** Where a field begins in the text: its name, where it has one. */
function offsetOf(document: Document, path: Path): number {
  const key = path.at(-1);
  const parent: unknown = path.length <= 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (typeof key === 'string' && isMap(parent)) {
    const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
    if (pair && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
  }
  const node = document.getIn(path, true) as { range?: [number, number, number] | null } | undefined;
  return node?.range?.[0] ?? 0;
}

/** Reads a cohort's file. Throws {@link CohortFault}, or what reading the file throws. */
export function readCohort(file: string): Cohort {
  return parseCohort(readFileSync(file, 'utf8'), file);
}

const FOLDER = fileURLToPath(new URL('../../cohorts', import.meta.url));

/** Names of the cohorts in `scenarios/cohorts`. */
export function cohortNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** The cohort of this name in `scenarios/cohorts`. Throws what {@link readCohort} throws. */
export function cohortNamed(name: string): Cohort {
  return readCohort(join(FOLDER, `${name}.yaml`));
}

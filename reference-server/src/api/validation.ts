import { Ajv, type ErrorObject } from 'ajv';
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify';
import { parseMoment } from './moment.ts';
import { Problem, type ProblemDetail } from './problem-types.ts';
import type { Schema } from './schemas.ts';

function ajv(coerceTypes: boolean): Ajv {
  return new Ajv({
    // All that is wrong, at once. The bound of the body keeps the work bounded.
    allErrors: true,
    coerceTypes,
    useDefaults: true,
    allowUnionTypes: true,
    formats: { moment: (text: string) => parseMoment(text) !== null },
  });
}

/**
 * Checks requests. What stands in a URL is text and is turned into numbers; in a body a number is a number:
 * `"doseMg": "100"` is a mistake of the sender, who should hear of it. What is not known is refused, so that a
 * misspelt filter does not silently filter nothing.
 */
export function validatorCompiler(): FastifySchemaCompiler<Schema> {
  const ofUrl = ajv(true);
  const ofBody = ajv(false);
  return ({ schema, httpPart }) => (httpPart === 'body' ? ofBody : ofUrl).compile(schema);
}

const PLACES: Readonly<Record<string, string>> = {
  querystring: 'query',
  params: 'path',
  body: 'body',
  headers: 'header',
};

function problemOf(error: FastifySchemaValidationError, place: string): ProblemDetail {
  const { keyword, params, message, instancePath } = error as unknown as ErrorObject;
  const path = [place, ...instancePath.split('/').slice(1)];
  switch (keyword) {
    case 'additionalProperties':
      return { at: [...path, params.additionalProperty].join('.'), says: 'is not known here' };
    case 'required':
      return { at: [...path, params.missingProperty].join('.'), says: 'is missing' };
    case 'enum':
      return {
        at: path.join('.'),
        says: `must be one of ${(params.allowedValues as unknown[]).join(', ')}`,
      };
    case 'format':
      return {
        at: path.join('.'),
        says: 'must be a moment: ms since the Unix epoch, or ISO 8601 with a zone (2026-03-01T12:00:00Z)',
      };
    default:
      return { at: path.join('.'), says: message ?? 'is wrong' };
  }
}

/** The problem that a failed validation is. */
export function validationProblem(errors: readonly FastifySchemaValidationError[], context: string): Problem {
  const problems = errors.map((error) => problemOf(error, PLACES[context] ?? context));
  const says = problems.map(({ at, says }) => `${at} ${says}`).join('; ');
  const onlyCursor = problems.every(({ at }) => at === 'query.cursor');
  const onlyRange = problems.every(({ at }) => at === 'query.from' || at === 'query.to');
  return new Problem(
    onlyCursor ? 'bad_cursor' : onlyRange ? 'bad_range' : 'bad_request',
    `${says}.`,
    problems,
  );
}

import { ALERT_STATES, CONDITIONS } from '@gaitway/contract';
import { CURSOR_CHARACTERS_MAX } from './cursor.ts';
import { Insight, InsightRequest } from './insight-schemas.ts';
import { list, object, type Schema } from './schema-builder.ts';

export { list, object, type Schema } from './schema-builder.ts';

export const reference = (name: SchemaName): Schema => ({ $ref: `${name}#` });

const text: Schema = { type: 'string' };
const yesOrNo: Schema = { type: 'boolean' };
const number: Schema = { type: 'number' };
const integer: Schema = { type: 'integer' };
const count: Schema = { type: 'integer', minimum: 0 };
const epochMs: Schema = { type: 'integer', description: 'Ms since the Unix epoch.' };
const durationMs: Schema = { type: 'integer', minimum: 0, description: 'Ms.' };
const thousandths: Schema = {
  type: ['integer', 'null'],
  description: 'In thousandths; null: not assessable.',
};

export const name: Schema = { type: 'string', minLength: 1, maxLength: 128 };
export const limit = (most: number): Schema => ({ type: 'integer', minimum: 1, maximum: most, default: 100 });
export const cursor: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: CURSOR_CHARACTERS_MAX,
  description: "'nextCursor' of the page before.",
};
export const nextCursor: Schema = {
  type: ['string', 'null'],
  description: 'What to ask the next page with; null: this was the last one.',
};
export const moment: Schema = {
  type: 'string',
  format: 'moment',
  description: 'Ms since the Unix epoch, or ISO 8601 with a zone (2026-03-01T12:00:00Z).',
};

/** The query of a list by time: one page of [from, to), as `RangePageQuery` says it to TypeScript. */
export const rangePage: Schema = object({ from: moment, to: moment, cursor, limit: limit(1000) }, [
  'from',
  'to',
  'cursor',
  'limit',
]);

const SlotScore = object(
  {
    startMs: epochMs,
    boot: count,
    seq: count,
    tremor: thousandths,
    rigidityProxy: thousandths,
    gait: thousandths,
    freezing: thousandths,
    tremorRating: {
      type: 'integer',
      minimum: 0,
      maximum: 4000,
      description: 'Thousandths of a rating from 0 to 4; absent where tremor is not assessable.',
    },
  },
  ['tremorRating'],
);

const Driver = object(
  {
    condition: { type: 'string', enum: [...CONDITIONS] },
    feature: text,
    slots: count,
    value: { type: 'integer', description: 'Sum over the slots, in thousandths of its unit.' },
    moved: {
      type: 'integer',
      description: "Sum of what it moved the slots' probabilities by, against a usual slot, in millionths.",
    },
  },
  [],
);

const ConditionAssessment = object(
  {
    condition: { type: 'string', enum: [...CONDITIONS] },
    assessable: yesOrNo,
    reason: text,
    score: { type: 'number', description: 'Log-odds.' },
    probability: { type: 'number', minimum: 0, maximum: 1 },
    severity: {
      type: 'number',
      minimum: 0,
      maximum: 4,
      description: 'Not calibrated against a clinical scale.',
    },
    contributions: list(object({ feature: text, value: number, contribution: number })),
  },
  ['reason', 'score', 'probability', 'severity', 'contributions'],
);

/** What the API answers with, by the name that it has in the OpenAPI document. */
export const SCHEMAS = {
  Problem: object(
    {
      type: text,
      title: text,
      status: integer,
      detail: text,
      problems: list(object({ at: text, says: text })),
    },
    ['problems'],
    { description: 'RFC 9457; `problems` lists all that is wrong, each with its place in the request.' },
  ),
  Patient: object(
    { patient: name, ward: name, device: count, displayName: text, synthetic: { const: true } },
    [],
    { description: 'Every patient is synthetic.' },
  ),
  Window: object(
    {
      patient: name,
      ward: name,
      startMs: epochMs,
      endMs: epochMs,
      revision: { type: 'integer', minimum: 1 },
      epoch: count,
      complete: yesOrNo,
      readings: count,
      lateReadings: count,
      identities: list(object({ device: count, boot: count, fromSeq: count, toSeq: count })),
      digest: { type: 'string', pattern: '^[0-9a-f]{16}$' },
      aggregates: {
        type: 'object',
        description: 'By name of the feature.',
        additionalProperties: object({ sum: number, min: number, max: number }),
      },
      slots: list(SlotScore),
      drivers: list(Driver),
      assessment: object({ model: text, conditions: list(ConditionAssessment) }),
      closedAtMs: epochMs,
    },
    ['drivers'],
  ),
  Alert: object(
    {
      id: text,
      patient: name,
      ward: name,
      rule: text,
      severity: { type: 'string', enum: ['notice', 'warning', 'urgent'] },
      state: { type: 'string', enum: [...ALERT_STATES] },
      atMs: epochMs,
      says: text,
      acknowledgedBy: text,
      acknowledgedAtMs: epochMs,
    },
    ['acknowledgedBy', 'acknowledgedAtMs'],
  ),
  Medication: object(
    {
      id: text,
      patient: name,
      takenAtMs: epochMs,
      medication: text,
      doseMg: number,
      note: text,
      enteredBy: text,
    },
    ['note'],
  ),
  Insight,
  InsightRequest,
  Settings: object(
    {
      version: text,
      instance: text,
      roles: list(text),
      window: object({ windowMs: durationMs, windowOriginMs: epochMs, windowPhaseSpreadMs: durationMs }),
      allowedLatenessMs: durationMs,
      futureLimitMs: durationMs,
      model: object({
        version: text,
        thresholds: {
          type: 'object',
          description: 'From which score on, in thousandths, a slot is positive, by condition.',
          additionalProperties: count,
        },
        declined: {
          type: 'object',
          description: 'Conditions that it does not assess, each with the reason.',
          additionalProperties: text,
        },
      }),
      candidate: object({ version: text, use: { type: 'string', enum: ['shadow', 'roll-out'] } }),
      insights: object(
        { everyMs: durationMs, writer: { type: 'string', enum: ['built-in', 'model'] }, model: text },
        ['model'],
      ),
      updateWave: object({ from: text, to: text, hash: text }),
      partitions: count,
      cache: { type: 'string', enum: ['on', 'off'] },
      retention: object({
        readingsMs: durationMs,
        windowsMs: durationMs,
        alertsMs: durationMs,
        medicationMs: durationMs,
      }),
      durability: object({
        level: { type: 'string', enum: ['process', 'machine'] },
        known: { type: 'string', enum: ['checked', 'declared'] },
        detail: text,
      }),
      stores: object({ log: text, archive: text, cache: text, fanOut: text }),
    },
    ['candidate', 'updateWave'],
  ),
  ClosingProgress: object({ id: text, partitions: count, partitionsDone: count, done: yesOrNo }),
  Health: object({ status: { const: 'alive' }, version: text, upMs: durationMs }),
  Readiness: object({ status: { const: 'ready' }, checks: list(text) }),
} as const;

export type SchemaName = keyof typeof SCHEMAS;

const problem = (description: string): Schema => ({
  description,
  content: { 'application/problem+json': { schema: reference('Problem') } },
});

const PROBLEM_ANSWERS = {
  400: problem('Something in the request is wrong; `problems` says what and where.'),
  401: problem('No token, or one that is not good.'),
  403: problem('The role in the token may not do this.'),
  404: problem('It is not there, or not within reach of this token.'),
  413: problem('The body is too large.'),
  416: problem('There are no such bytes; `Content-Range` says how many there are.'),
  415: problem('The body is not JSON.'),
  429: problem('Too many requests of the one whom the token names; `Retry-After` says when to ask again.'),
  500: problem('The server failed.'),
  503: problem('The server cannot do its work now; `problems` says why.'),
} as const;

/** The answers of a route: its good ones, and the problems that it can have. */
export function answers(
  good: Readonly<Record<number, Schema>>,
  problems: readonly (keyof typeof PROBLEM_ANSWERS)[] = [],
): Schema {
  const limited = problems.includes(401) ? ([429] as const) : [];
  const statuses = problems.length > 0 ? new Set([...problems, ...limited, 500, 503] as const) : [];
  return { ...good, ...Object.fromEntries([...statuses].map((status) => [status, PROBLEM_ANSWERS[status]])) };
}

/** A JSON answer. */
export const json = (description: string, schema: Schema): Schema => ({
  description,
  content: { 'application/json': { schema } },
});

/** An answer that is not JSON. */
export const plain = (description: string, mediaType: string): Schema => ({
  description,
  content: { [mediaType]: { schema: { type: 'string' } } },
});

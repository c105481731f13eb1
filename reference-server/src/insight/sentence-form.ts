import { COMPARISONS, CONDITIONS, type InsightSentence } from '@gaitway/contract';
import { Ajv, type ValidateFunction } from 'ajv';
import { SIGNAL_FEATURES } from '../infer/signal-features.ts';

export const TEXT_CHARACTERS_MAX = 400;
export const SUPPORTS_MAX = 120;

const condition = { type: 'string', enum: [...CONDITIONS] };
const comparison = { type: 'string', enum: [...COMPARISONS] };
const value = { type: 'number', minimum: -1e6, maximum: 1e6 };

const predicate = (kind: string, fields: Record<string, object>) => ({
  type: 'object',
  properties: { kind: { const: kind }, ...fields },
  required: ['kind', ...Object.keys(fields)],
  additionalProperties: false,
});

/** The grammar of predicates, as a JSON Schema: what is checked, and what a model is told. */
export const PREDICATE_SCHEMA = {
  oneOf: [
    predicate('mean', { condition, comparison, value }),
    predicate('share', { condition, comparison, value }),
    predicate('windows', {
      condition,
      which: { type: 'string', enum: ['assessable', 'positive'] },
      comparison,
      value,
    }),
    predicate('driver', {
      condition,
      feature: { type: 'string', enum: [...SIGNAL_FEATURES] },
      comparison,
      value,
    }),
    predicate('change', { condition, comparison, value }),
    predicate('alerts', { rule: { type: 'string', minLength: 1, maxLength: 64 }, comparison, value }),
    predicate('medication', { comparison, value }),
    predicate('exercise', { condition }),
  ],
};

export const SENTENCE_SCHEMA = {
  type: 'object',
  properties: {
    text: { type: 'string', minLength: 1, maxLength: TEXT_CHARACTERS_MAX },
    supports: { type: 'array', items: { type: 'string', maxLength: 256 }, maxItems: SUPPORTS_MAX },
    predicate: PREDICATE_SCHEMA,
  },
  required: ['text', 'supports', 'predicate'],
  additionalProperties: false,
};

let validator: ValidateFunction<InsightSentence> | undefined;
/** Compiled when a first sentence comes: it takes a tenth of a second, and most commands read none. */
const sentenceValidator = () => {
  validator ??= new Ajv().compile<InsightSentence>(SENTENCE_SCHEMA);
  return validator;
};

/** What a writer offered, if it is a sentence at all. Keeps nothing of what it was given. */
export function readSentence(offered: unknown): InsightSentence | undefined {
  if (!sentenceValidator()(offered)) return undefined;
  return { ...structuredClone(offered), supports: [...new Set(offered.supports)] };
}

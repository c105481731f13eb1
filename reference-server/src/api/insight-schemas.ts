import { CONDITIONS, FALL_BACKS, INSIGHT_NOTICE, SENTENCE_FAULTS } from '@gaitway/contract';
import { PREDICATE_SCHEMA } from '../insight/sentence-form.ts';
import { list, object, type Schema } from './schema-builder.ts';

const text: Schema = { type: 'string' };
const name: Schema = { type: 'string', minLength: 1, maxLength: 128 };
const yesOrNo: Schema = { type: 'boolean' };
const number: Schema = { type: 'number' };
const count: Schema = { type: 'integer', minimum: 0 };
const epochMs: Schema = { type: 'integer', description: 'Ms since the Unix epoch.' };
const probability: Schema = { type: ['number', 'null'], minimum: 0, maximum: 1 };

/** What an insight cites, by kind. */
const InsightItem: Schema = {
  oneOf: [
    object({
      id: text,
      kind: { const: 'window' },
      startMs: epochMs,
      revision: { type: 'integer', minimum: 1 },
      scores: list(object({ condition: { type: 'string', enum: [...CONDITIONS] }, probability })),
    }),
    object(
      {
        id: text,
        kind: { const: 'statistic' },
        condition: { type: 'string', enum: [...CONDITIONS] },
        fromMs: epochMs,
        toMs: epochMs,
        windows: count,
        assessable: count,
        positive: count,
        meanProbability: probability,
        drivers: {
          ...list(object({ feature: text, windows: count })),
          description:
            'Of the windows in which it was found, those in which each feature of the signal raised its score most.',
        },
      },
      ['drivers'],
    ),
    object({ id: text, kind: { const: 'alert' }, alert: text, rule: text, atMs: epochMs, says: text }),
    object({ id: text, kind: { const: 'medication' }, entry: text, takenAtMs: epochMs, doseMg: number }),
    object(
      {
        id: text,
        kind: { const: 'exercise' },
        exercise: text,
        title: text,
        says: text,
        game: yesOrNo,
        contraindications: list(text),
        notAssessed: list(text),
        sources: list(
          object(
            {
              id: text,
              kind: { type: 'string', enum: ['guideline', 'review', 'trial', 'study'] },
              reference: text,
              doi: text,
            },
            ['doi'],
          ),
        ),
      },
      ['notAssessed'],
    ),
  ],
};

export const Insight = object(
  {
    id: text,
    patient: name,
    ward: name,
    fromMs: epochMs,
    toMs: epochMs,
    writtenAtMs: epochMs,
    writer: { type: 'string', enum: ['built-in', 'model'] },
    writtenBy: text,
    fallBack: { type: 'string', enum: [...FALL_BACKS] },
    sentences: list(object({ text, supports: list(text), predicate: PREDICATE_SCHEMA })),
    cited: list(InsightItem),
    removed: {
      ...object(Object.fromEntries(SENTENCE_FAULTS.map((fault) => [fault, count])), SENTENCE_FAULTS),
      description: 'Sentences that were offered and not kept, by reason.',
    },
    notice: { const: INSIGHT_NOTICE },
    synthetic: { const: true },
  },
  ['fallBack'],
  { description: 'Every sentence was computed again from what it cites before it was kept.' },
);

export const InsightRequest = object({
  insight: text,
  fromMs: epochMs,
  toMs: epochMs,
  state: {
    type: 'string',
    enum: ['queued', 'known'],
    description: 'known: it waits to be written, or is being written, already.',
  },
});

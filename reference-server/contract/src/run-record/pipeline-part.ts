import type { Infer } from './schema-builder.ts';
import { list, map, nullable, number, object, oneOf, optional, text, whole } from './schema-builder.ts';

const FILE = {
  file: optional(text('The file that it was read from; left out: it is built in, or of a target of others.')),
  sha256: optional(text('SHA-256 of that file, hexadecimal.')),
};

export const PIPELINE = object(
  'Who assessed, who wrote insights, and what was rolled out: what the server tells of itself, and what it counted.',
  {
    model: object('The model that assessed.', { version: text('Its version.'), ...FILE }),
    candidate: optional(
      object('The model that ran beside it; left out: none did.', {
        version: text('Its version.'),
        ...FILE,
        use: oneOf('Only compared, or taking over.', ['shadow', 'roll-out']),
        share: nullable(
          number('Share of the patients of whom it spoke at the end; null: only the servers of others know.'),
        ),
        stoppedBy: list('Figures that left their limits, so that it was taken back.', text('A figure.')),
      }),
    ),
    insights: object('Insights.', {
      everyMs: whole('How often each patient was due for one, ms; 0: only those that are asked for.'),
      writer: oneOf('Who was asked first.', ['built-in', 'model']),
      model: optional(text('The model of the API that was asked.')),
      counts: optional(
        object(
          'What became of them; left out where a server of others counted, or ours ended before it told.',
          {
            written: map('Insights saved, by writer.', whole('Insights.')),
            sentencesKept: whole('Sentences whose claim was computed again and held.'),
            sentencesRemoved: map('Sentences that were not kept, by reason.', whole('Sentences.')),
            fallBacks: map(
              'Insights that the built-in writer wrote for the model, by reason.',
              whole('Insights.'),
            ),
            calls: whole('Calls of the model API.'),
            callFailures: map('Of these, without a usable answer, by reason.', whole('Calls.')),
            callsPerWindow: nullable(
              number('Calls over the windows that were closed; null: none was closed.'),
            ),
            tokens: whole('Tokens of prompts and answers.'),
            costThousandths: number('Cost by the prices that were set, in thousandths of their currency.'),
          },
        ),
      ),
    }),
    updateWave: optional(
      object('The wave that rolled the devices to another version; left out: there was none.', {
        from: text('Version that is replaced.'),
        to: text('Version that is offered.'),
        hash: text('Beginning of the SHA-256 of its image, hexadecimal.'),
        devices: optional(
          map('Devices that it was offered to, by what became of them, at the end.', whole('Devices.')),
        ),
      }),
    ),
  },
);
export type RunPipeline = Infer<typeof PIPELINE>;

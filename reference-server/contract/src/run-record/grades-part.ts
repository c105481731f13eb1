import { CONDITIONS } from '../domain.ts';
import {
  type Infer,
  list,
  map,
  nullable,
  number,
  object,
  oneOf,
  optional,
  text,
  whole,
} from './schema-builder.ts';

const MODEL = object('What the server said of its model before the run.', {
  version: text('Name of the model.'),
  thresholds: map(
    'From which score on a slot is positive, thousandths, by condition.',
    whole('Thousandths.'),
  ),
  declined: map('Conditions that it does not assess, each with its reason.', text('A sentence.')),
});

const EVENTS = object('How whole events were found.', {
  events: whole('Events that the truth knows.'),
  found: whole('Of these, met by a positive answer.'),
  falseAlarms: whole('Stretches of positive answers that meet no event.'),
});

const DELAY = object(
  'From the onset of what is true to the moment at which the first viewer got the alert.',
  {
    count: whole('Alerts that viewers got and that meet something true.'),
    p50Ms: nullable(number('Half of them took at most this, ms.')),
    p90Ms: nullable(number('90 % took at most this, ms.')),
    p95Ms: nullable(number('95 % took at most this, ms.')),
    maxMs: nullable(number('The longest, ms.')),
    withoutEvent: whole('Alerts that viewers got and that meet nothing true.'),
  },
);

export const GRADES = object('How the answers of the server compare with what is true of the patients.', {
  verdict: oneOf(
    'Whether nearly every slot was answered, and with scores of the right patient; how well is for SLOs to say.',
    ['holds', 'fails', 'no-verdict'],
  ),
  reasons: list('Why not, one sentence each.', text('A sentence.')),
  misplaced: whole(
    'Scores that are not of the patient that they are stored for: made of readings of another, or at none of their slots.',
  ),
  recomputed: optional(
    whole(
      'Scores that were computed once more from the readings that follow from the seed: one of each document that names the built-in model; absent: none.',
    ),
  ),
  otherwise: optional(whole('Of these, those that say something else. One is enough to fail.')),
  patientHours: optional(number('Hours of all patients in the measure phase, together.')),
  fallBoost: optional(
    number('The patients fell so many times as often as people do, by their cohort. Left out: as often.'),
  ),
  model: optional(MODEL),
  ungraded: optional(
    list(
      'What the patients have, or a server says, and nothing can be graded of.',
      object('A condition.', { condition: text('Which.'), reason: text('Why.') }),
    ),
  ),
  conditions: list(
    'One for each condition whose truth is known and of which there is a slot that can be answered.',
    object('A condition, over the slots due in the measure phase.', {
      condition: oneOf('Which.', CONDITIONS),
      threshold: optional(
        whole('From this score on an answer counts as positive, thousandths; absent in older records: 500.'),
      ),
      excused: map('Slots that need no answer, by cause.', whole('Slots.')),
      expected: whole('Slots that should have been answered.'),
      answered: whole('Of these, answered in time.'),
      missing: whole('Of these, without any score.'),
      late: whole(
        'Of these, in a document that by its own word was closed more than two windows after its end, or that the run looked for later and did not find.',
      ),
      refused: whole('Of these, called not assessable without a cause.'),
      coverage: number('answered / expected.'),
      positives: whole('Of the expected, those of which the condition is true.'),
      truePositives: whole('Positives that were found.'),
      trueNegatives: whole('Negatives that were left alone. A slot without an answer is in neither.'),
      sensitivity: nullable(number('truePositives / positives.')),
      specificity: nullable(number('trueNegatives / (expected - positives).')),
      auroc: nullable(
        number('Area under the curve; a slot without an answer ranks as the worst answer that there is.'),
      ),
      calibrationError: nullable(
        number('Expected calibration error of the answers, over ten bins of equal width.'),
      ),
      events: EVENTS,
      alerts: DELAY,
    }),
  ),
  falls: nullable(
    object('Falls, as events; null where the patients had none and none was reported.', {
      ...{ events: whole('Falls.'), found: whole('Of these, with an alert within 5 s.') },
      falseAlarms: whole('Alerts without a fall.'),
      alerts: DELAY,
      reports: optional(
        object(
          'What devices reported of patients whom a viewer watches, and when the first viewer had the alert.',
          {
            reported: whole('Reports that were due in the measure phase.'),
            unseen: whole('Of these, whose alert no viewer ever got.'),
            p50Ms: nullable(number('From when the report was due, half of them took at most this, ms.')),
            p95Ms: nullable(number('95 % took at most this, ms; one that was never seen took for ever.')),
            maxMs: nullable(number('The longest of those that were seen, ms.')),
          },
        ),
      ),
    }),
  ),
});
export type RunGrades = Infer<typeof GRADES>;

import { SEVERITIES, SUBJECTS, VERDICTS } from '../slo/verdict.ts';
import { CANARIES, ENVIRONMENT, PROCESS_USAGE, SERIES, STAGE } from './environment-parts.ts';
import { GRADES } from './grades-part.ts';
import { AUDIT, CONNECTIONS, FRESHNESS, GENERATOR, LATENCY_SUMMARY, LOAD } from './measured-parts.ts';
import { PIPELINE } from './pipeline-part.ts';
import {
  exactly,
  flag,
  type Infer,
  type JsonSchema,
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

export {
  type ProcessUsage,
  type RunEnvironment,
  type RunSeries,
  STORE_KINDS,
  type StageUsage,
  type StoreKind,
} from './environment-parts.ts';
export type { RunGrades } from './grades-part.ts';
export {
  LATENCY_SUMMARY_EMPTY,
  type LatencySummary,
  type RunAudit,
  type RunConnections,
  type RunFreshness,
  type RunGenerator,
  type RunLoad,
} from './measured-parts.ts';

export type { RunPipeline } from './pipeline-part.ts';

/** Goes up when a reader of the former version would misread a record. */
export const RUN_RECORD_VERSION = 1;

export const RUN_PHASES = ['connect', 'warm-up', 'measure', 'drain', 'audit'] as const;
export type RunPhase = (typeof RUN_PHASES)[number];

const SLO_RESULT = object('What became of one SLO.', {
  subject: oneOf('What it is about.', SUBJECTS),
  severity: oneOf('Whether it decides.', SEVERITIES),
  metric: text('Metric and tags.'),
  expression: text('The threshold.'),
  unit: text('Unit of the measured value; empty for counts and ratios.'),
  verdict: oneOf('Its verdict in this run.', VERDICTS),
  measured: nullable(number('What was measured.')),
  samples: whole('Samples behind it.'),
  leastSamples: whole('With fewer it cannot hold.'),
  says: text('Why, in one sentence.'),
  evidence: text('Where to look.'),
});

const OPTION_VALUE: { json: JsonSchema; inferred?: string | number | boolean | null } = {
  json: { description: 'Value.', type: ['string', 'number', 'boolean', 'null'] },
};

const RUN_RECORD = object('Everything that is known of one run of Gaitway.', {
  runRecordVersion: exactly('Version of this schema.', RUN_RECORD_VERSION),
  gaitway: object('What wrote it.', { name: exactly('Name.', 'gaitway'), version: text('Version.') }),
  id: text('Id of the run.'),
  scenario: text('Name of the scenario.'),
  verdict: oneOf('The verdict of the whole run.', VERDICTS),
  verdicts: list('The SLOs, one by one.', SLO_RESULT),
  seed: whole('The seed: with it the same fleet sends the same bytes.'),
  finished: flag(
    'False: written when the run began, and the run never came to its end; of what happened only the ledger tells.',
  ),
  interrupted: flag('True: cut short with Ctrl-C, or because its server ended, and incomplete.'),
  startedAtMs: number('Start, ms since the epoch.'),
  endedAtMs: number('End, ms since the epoch.'),
  phases: list(
    'The phases that were begun.',
    object('A phase.', {
      phase: oneOf('Which.', RUN_PHASES),
      fromMs: number('Start, ms since the epoch.'),
      toMs: number('End, ms since the epoch.'),
    }),
  ),
  command: list('The command line that repeats it, word by word.', text('Word.')),
  options: map('Options as they were in force, defaults included.', OPTION_VALUE),
  patients: whole('Synthetic patients.'),
  viewers: whole('Viewers.'),
  slotMs: whole('Length of a slot, ms.'),
  windowSettings: object('How time was cut into windows.', {
    windowMs: whole('Length of a window, ms.'),
    windowOriginMs: number('A moment at which a window of phase 0 starts, ms since the epoch.'),
    windowPhaseSpreadMs: whole('Patients are spread over this many ms.'),
  }),
  environment: ENVIRONMENT,
  canaries: optional(CANARIES),
  pipeline: optional(PIPELINE),
  load: LOAD,
  connections: CONNECTIONS,
  latency: object('From due time, of readings due in the measure phase.', { ack: LATENCY_SUMMARY }),
  freshness: FRESHNESS,
  audit: AUDIT,
  grades: GRADES,
  generator: GENERATOR,
  ownServers: object('The servers that the run started for itself.', {
    started: whole('How many; 0 against a target that was there already.'),
    ended: list(
      'Those that ended during the run without being asked to, one sentence each.',
      text('A sentence.'),
    ),
  }),
  processes: list('Every process of the run that could be watched.', PROCESS_USAGE),
  stages: list('CPU by stage.', STAGE),
  series: SERIES,
  archiveWrites: map(
    'Documents that this run wrote to the archive, by kind; empty where the target does not tell.',
    whole('Documents.'),
  ),
  ledgerFiles: list('Ledger files, relative to this record.', text('Path.')),
  archive: object('Where the documents lie, for a later audit.', {
    kind: oneOf('How it is reached.', ['embedded', 'mongo', 'http', 'none']),
    location: text('Path relative to this record, or URL without its password.'),
    prefix: optional(
      text('What the collections in MongoDB begin with; present: this run had them for itself.'),
    ),
  }),
  notes: optional(list('What else a reader should know.', text('A sentence.'))),
});

/** The one file that a run writes. */
export interface RunRecord extends Infer<typeof RUN_RECORD> {}

/** JSON Schema (draft 2020-12) of a run record; `docs/run-record.schema.json` is made from it. */
export const RUN_RECORD_SCHEMA: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'gaitway-run-record-1',
  title: 'Gaitway run record',
  ...RUN_RECORD.json,
};

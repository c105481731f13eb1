import type { OperatorClaims, RunRecord } from '@gaitway/contract';
import { renderRequirementsTable } from '@gaitway/dashboards';
import { mintToken, realClock, withoutPassword } from '@gaitway/reference-server';
import {
  type CanaryOfRun,
  describeScenario,
  runScenario,
  type Scenario,
  sampleShortfalls,
} from '@gaitway/scenarios';
import { renderOptionsOf } from '../terminal.ts';
import { type Interrupts, listenForInterrupts } from './interrupts.ts';
import { LiveStateOf } from './live-state.ts';
import { PipelinePoll } from './pipeline-counts.ts';
import { copyRecord, insistOnRecordCopy } from './record-copy.ts';
import { runDisplay } from './run-display.ts';
import { type PlannedRun, runOptionsOf } from './run-options.ts';
import { insistOnFit, requirementRows } from './run-requirements.ts';
import { type ProbedTarget, probeTargets } from './target.ts';

/** Where a run speaks: one line for people, and the stream that it goes to. */
export interface RunSpeech {
  say(line: string): void;
  stream: NodeJS.WriteStream;
}

export interface FinishedRun {
  record: RunRecord;
  recordFile: string;
  /** A person asked it to end before its time. */
  interrupted: boolean;
  /** Why there is no copy of the record where one was asked for. */
  copyWarning?: string;
}

const OPERATOR: OperatorClaims = { role: 'operator', operator: 'gaitway run' };
const PROBE_TOKEN_SECONDS = 60;

/** Says what a run is and what it needs beside what is there; connects to nothing. */
export function describeRun({ request, requirements, says }: PlannedRun, { say, stream }: RunSpeech): void {
  const { scenario, seed, cohort, workers, canaries, targets } = request;
  const named = `${scenario.name}${cohort === undefined ? '' : ` with the cohort ${cohort.name}`}`;
  say(
    `Seed ${seed}. Scenario ${named}, ${workers} worker process${workers === 1 ? '' : 'es'}${canaries === undefined ? '' : `, ${canariesText(canaries)}`}, against ${targets.length > 0 ? targets.join(', ') : 'a reference server of its own'}.`,
  );
  for (const line of [...(targets.length > 0 ? [] : says), ...describeScenario(scenario)]) say(`  ${line}`);
  say(renderRequirementsTable(requirementRows(requirements.rows), renderOptionsOf(stream)));
}

function canariesText({ devices, firmware, hexFile }: CanaryOfRun): string {
  const ones = devices === 1 ? 'the last device is a board' : `the last ${devices} devices are boards`;
  return `${ones} with firmware ${firmware}${hexFile === undefined ? '' : ` of ${hexFile}`}`;
}

/** Plays a planned run to its end and returns what is known of it. Throws what stops it from beginning. */
export async function playRun(
  planned: PlannedRun,
  options: { command: readonly string[]; recordCopy?: string },
  speech: RunSpeech,
): Promise<FinishedRun> {
  const { request } = planned;
  const { recordCopy } = options;
  insistOnFit(planned.requirements);
  if (recordCopy !== undefined) insistOnRecordCopy(recordCopy);
  const runOptions = runOptionsOf(planned, realClock.epochMs(), options.command);
  if (request.targets.length > 0) {
    const token = mintToken(OPERATOR, runOptions.tokenSecret, PROBE_TOKEN_SECONDS, realClock.epochMs());
    const probed = await probeTargets(request.targets, token);
    for (const line of targetWarnings(request.scenario, probed)) speech.say(line);
  }
  const display = runDisplay(speech.stream, realClock, speech.say);
  let poll: PipelinePoll | undefined;
  let state: LiveStateOf | undefined;
  let isPlayed = false;
  const interrupts: Interrupts = listenForInterrupts(
    (line) => display.say(`\n${line}`),
    () =>
      `Interrupted: ${isPlayed ? '' : 'the fleet drains, then '}the run is audited and its record written.`,
  );
  try {
    const { record, recordFile } = await runScenario(
      runOptions,
      realClock,
      {
        target: (urls) => {
          poll = new PipelinePoll(urls, realClock);
          const startedAtMs = realClock.epochMs();
          state = new LiveStateOf(
            { scenario: request.scenario, seed: request.seed, startedAtMs },
            () => poll!.counts,
          );
        },
        live: (live) => {
          if (state !== undefined) display.update(state.next(live));
        },
        stage: (says) => display.say(`${says} ...`),
        played: () => {
          isPlayed = true;
        },
        redisKeys: (url, prefix) => display.say(redisKeysText(url, prefix)),
      },
      { interrupt: interrupts.first, stop: interrupts.second },
    );
    const copyWarning = recordCopy === undefined ? undefined : copyRecord(recordFile, recordCopy);
    return {
      ...{ record, recordFile, interrupted: interrupts.first.aborted },
      ...(copyWarning === undefined ? {} : { copyWarning }),
    };
  } finally {
    display.close();
    poll?.close();
    interrupts.close();
  }
}

/** With what removes the keys of a run that is killed: afterwards nobody is there who could say it. */
function redisKeysText(url: string, prefix: string): string {
  const client = `redis-cli -u ${withoutPassword(url)}`;
  return `Keys of the run in Redis begin with ${prefix}: and are removed at its end. Should it be killed, this removes them:
  ${client} --scan --pattern '${prefix}:*' | xargs ${client} unlink`;
}

/** The words of the command line, as the record keeps them: what repeats the run, without a password. */
export function commandWords(args: readonly string[], seed: number): string[] {
  const seeded = args.some((word) => word === '--seed' || word.startsWith('--seed='));
  return ['gaitway', ...args.map(withoutPassword), ...(seeded ? [] : ['--seed', String(seed)])];
}

/** A target cuts windows as it is set: what a scenario promises may need other ones. */
function targetWarnings(scenario: Scenario, { settings }: ProbedTarget): string[] {
  if (settings === undefined) {
    return [
      'The target does not tell its settings: it is loaded all the same, and cannot be audited over its API.',
    ];
  }
  const { windowMs, windowPhaseSpreadMs } = settings.window;
  const there = { ...scenario, window: { windowMs, windowPhaseSpreadMs, origin: 'epoch' as const } };
  return sampleShortfalls(there).map(
    (shortfall) => `With the target's windows of ${windowMs / 1000} s: ${shortfall}`,
  );
}

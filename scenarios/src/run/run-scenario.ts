import { mkdirSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Alert, Clock, OperatorClaims, RunRecord, WindowSettings } from '@gaitway/contract';
import { mintToken, SERVER_VERSION } from '@gaitway/reference-server';
import {
  type CanaryPlan,
  earliestStartMs,
  type FleetLive,
  type FleetPhases,
  type FleetPlan,
  runFleet,
  toldModelOf,
} from '@gaitway/simulator';
import { tightestLatencySloMs } from '../judge/tightest-latency.ts';
import { againstTarget } from '../scenarios/scenario.ts';
import { ArchiveOverHttp, type TargetSettings } from './archive-over-http.ts';
import { auditOfRun } from './audit-of-run.ts';
import { GradingOfRun } from './grading-of-run.ts';
import { pipelineOf } from './pipeline-of-run.ts';
import { provisionalRecordOf } from './provisional-record.ts';
import { environmentOf } from './record-environment.ts';
import { runIdAt } from './run-id.ts';
import type { RunOptions } from './run-options.ts';
import { runRecordOf } from './run-record-of.ts';
import { watchServerEnd } from './server-end.ts';
import { startServerOfRun } from './server-of-run.ts';
import { writeRecord } from './write-record.ts';

export interface RunHooks {
  live?(live: FleetLive): void;
  /** One sentence about what happens now. */
  stage?(says: string): void;
  /** The fleet has drained: what follows is closing windows and the audit. */
  played?(): void;
  /**
   * Its own server will use this Redis: every key begins with `prefix`, and none stays at the end. What a run
   * leaves that is killed before stays until somebody removes it.
   */
  redisKeys?(url: string, prefix: string): void;
  /** The servers are there; each serves `/metrics`, unless it is a foreign one that does not. */
  target?(urls: readonly string[]): void;
}

export interface RunControls {
  /** Aborted by the first Ctrl-C: the fleet drains, the run is audited as far as may be, the record is written. */
  interrupt?: AbortSignal;
  /** Aborted by the second: every process of the run is killed at once. */
  stop?: AbortSignal;
}

export interface RunOutcome {
  record: RunRecord;
  recordFile: string;
}

const OPERATOR: OperatorClaims = { role: 'operator', operator: 'gaitway run' };
const CLOSE_LIMIT_MS = 60_000;

/**
 * One run from start to record: the server (unless there is a target), the fleet, closing of open windows,
 * audit, judgement. Throws what stops it from beginning; what happens on the way goes into the record. A first record
 * is there when the fleet begins, so that a run that is killed can be audited.
 */
export async function runScenario(
  asked: RunOptions,
  clock: Clock,
  hooks: RunHooks = {},
  controls: RunControls = {},
): Promise<RunOutcome> {
  const options = asked.targets.length === 0 ? asked : { ...asked, scenario: againstTarget(asked.scenario) };
  const startedAtMs = clock.epochMs();
  const id = options.id ?? runIdAt(startedAtMs);
  mkdirSync(options.folder, { recursive: true });
  const notes: string[] = [];
  const window = windowOf(options, earliestStartMs(startedAtMs + SERVER_START_MS, planned(options)));
  const { stop } = controls;
  const nodeArguments = profileArguments(options);
  const started =
    options.targets.length === 0
      ? await startServerOfRun(options, {
          ...{ id, window, clock, nodeArguments },
          ...(stop ? { kill: stop } : {}),
          redisKeys: (url, prefix) => hooks.redisKeys?.(url, prefix),
        })
      : undefined;
  const own = started?.server;
  const ended = own && watchServerEnd(own, controls.interrupt);
  try {
    const readyAtMs = clock.epochMs();
    const urls = own ? [own.url] : [...options.targets];
    const token = mintToken(OPERATOR, options.tokenSecret, 24 * 3600, readyAtMs);
    const api = new ArchiveOverHttp(urls[0]!, token);
    const target = await targetSettings(api, own !== undefined, notes);
    const plan = planOf(options, id, urls, target?.window ?? window, own ? window.windowOriginMs : 0, clock);
    const gone = new AbortController();
    const prefix = started?.mongoPrefix;
    const begun = {
      ...{ id, options, startedAtMs, window: plan.window, version: SERVER_VERSION },
      environment: environmentOf(
        { url: urls.join(' '), own: own !== undefined, instances: urls.length },
        options.transport,
        target,
      ),
      ...pipelineOf(target, options.pipeline),
      archive: archiveOf(options, own !== undefined, urls, prefix),
    };
    writeRecord(options.folder, provisionalRecordOf({ ...begun, plan }));
    // Without its server a run has nothing more to measure, and nobody who could acknowledge what is left.
    own?.onEnd(() => gone.abort());
    hooks.target?.(urls);
    hooks.stage?.(`${plan.patients} synthetic patients connect to ${urls.join(', ')} (seed ${plan.seed})`);
    const fleet = await runFleet(
      plan,
      {
        ...(hooks.live ? { live: hooks.live } : {}),
        drained: async () => {
          hooks.played?.();
          hooks.stage?.('Closing what windows are open');
          await closeOpen(api, clock, notes);
        },
      },
      {
        clock,
        ...(controls.interrupt ? { interrupt: controls.interrupt } : {}),
        end: gone.signal,
        ...(stop ? { stop } : {}),
        nodeArguments,
      },
    );
    hooks.stage?.('Auditing the ledger against the archive');
    const alerts = await alertsOf(api, fleet.phases, notes);
    const told = toldModelOf(target?.model);
    const grading = new GradingOfRun(plan, fleet, alerts, api.notClosedBecause, told);
    const audited = await auditOfRun(plan, fleet, api, own !== undefined, notes, grading);
    const report = own ? await own.report() : { stages: [], metricsText: '' };
    notes.push(...(ended?.withTheRun ?? []));
    if (prefix) notes.push(`The window documents stay in MongoDB, in ${prefix}.windows, for gaitway audit.`);
    const record = runRecordOf({
      ...begun,
      endedAtMs: clock.epochMs(),
      fleet,
      audit: audited,
      grades: grading.finish(),
      servers: own ? [{ usage: own.usage, readyAtMs, report }] : [],
      serversEnded: ended?.byItself ?? [],
      ledgerFiles: readdirSync(plan.ledgerFolder).map((file) =>
        relative(options.folder, join(plan.ledgerFolder, file)),
      ),
      notes: [...notes, ...(own?.usage.warnings ?? [])],
    });
    return { record, recordFile: writeRecord(options.folder, record) };
  } finally {
    await started?.end();
  }
}

/** What the target raised during the run; a foreign one may not tell. */
async function alertsOf(
  api: ArchiveOverHttp,
  { startMs, drainToMs }: FleetPhases,
  notes: string[],
): Promise<Alert[] | undefined> {
  try {
    return await api.alerts(startMs, drainToMs);
  } catch (error) {
    notes.push(`Alerts could not be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** Arguments of Node that make every process of the run write a CPU profile when it ends. */
function profileArguments({ profileFolder }: RunOptions): string[] {
  return profileFolder ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [];
}

/** What a forked server takes until it listens, at the most; the run's windows may begin after it. */
const SERVER_START_MS = 1500;

function planned({ scenario, workers, canaries }: RunOptions) {
  const { patients, phases } = scenario;
  return { patients, connectMs: phases.connectMs, workers, ...(canaries ? { canaries } : {}) };
}

function windowOf({ scenario }: RunOptions, startMs: number): WindowSettings {
  const { windowMs, origin, windowPhaseSpreadMs } = scenario.window;
  return { windowMs, windowPhaseSpreadMs, windowOriginMs: origin === 'run-start' ? startMs : 0 };
}

/** A foreign target may have no such API: then it is loaded all the same, and cannot be audited over it. */
async function targetSettings(
  api: ArchiveOverHttp,
  own: boolean,
  notes: string[],
): Promise<TargetSettings | undefined> {
  try {
    return await api.settings();
  } catch (error) {
    if (own) throw error;
    notes.push(
      `The target does not tell its settings: ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}

function planOf(
  options: RunOptions,
  id: string,
  urls: string[],
  window: WindowSettings,
  windowStartMs: number,
  clock: Clock,
): FleetPlan {
  const { scenario, seed, cohort, transport, workers, canaries, tokenSecret, sourceAddresses } = options;
  const ledgerFolder = join(options.folder, 'ledger');
  mkdirSync(ledgerFolder, { recursive: true });
  return {
    runId: id,
    seed,
    patients: scenario.patients,
    ...(cohort ? { cohort } : {}),
    viewers: scenario.viewers,
    slotMs: scenario.slotMs,
    window,
    urls,
    ...(sourceAddresses ? { sourceAddresses } : {}),
    transport,
    workers,
    ...(canaries ? { canaries: { devices: canaries.devices, ...hexOf(canaries) } } : {}),
    ...(options.updateFaults ? { updateFaults: options.updateFaults } : {}),
    tokenSecret,
    ledgerFolder,
    ...scenario.phases,
    startMs: Math.max(windowStartMs, earliestStartMs(clock.epochMs(), planned(options))),
    tightestLatencySloMs: tightestLatencySloMs(scenario.slos),
  };
}

const hexOf = ({ hexFile }: CanaryPlan): Pick<CanaryPlan, 'hexFile'> =>
  hexFile === undefined ? {} : { hexFile };

async function closeOpen(api: ArchiveOverHttp, clock: Clock, notes: string[]): Promise<void> {
  try {
    await api.closeOpenWindows(CLOSE_LIMIT_MS, (ms) => new Promise((resolve) => clock.setTimer(ms, resolve)));
  } catch (error) {
    notes.push(`Open windows were not closed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function archiveOf(
  { mongoUrl }: RunOptions,
  own: boolean,
  urls: string[],
  prefix: string | undefined,
): RunRecord['archive'] {
  if (mongoUrl) {
    const location = mongoUrl.replace(/\/\/[^@/]*@/, '//');
    return { kind: 'mongo', location, ...(prefix ? { prefix } : {}) };
  }
  return own ? { kind: 'embedded', location: 'data' } : { kind: 'http', location: urls[0]! };
}

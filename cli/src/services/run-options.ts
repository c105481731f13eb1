import { modelsOf } from '@gaitway/reference-server';
import { tokenSecretOf } from '@gaitway/reference-server/token-secret';
import {
  againstTarget,
  type CanaryOfRun,
  type PipelineSettings,
  type RunOptions,
  type Scenario,
} from '@gaitway/scenarios';
import { type Cohort, probeEnvironment } from '@gaitway/simulator';
import type { UpdateFaultShares } from '@gaitway/simulator/update-faults';
import { newRunFolder } from '../run-folder.ts';
import { pipelineText } from './pipeline-text.ts';
import { type RunRequirements, runRequirements, workersFor } from './run-requirements.ts';

/** What the command line says of a run, parsed and checked. */
export interface RunRequest {
  scenario: Scenario;
  seed: number;
  cohort?: Cohort;
  workers?: number;
  canaries?: CanaryOfRun;
  updateFaults?: UpdateFaultShares;
  transport: 'lean' | 'official';
  targets: readonly string[];
  sourceAddresses?: readonly string[];
  cache: 'on' | 'off';
  durability: 'process' | 'machine';
  pipeline?: PipelineSettings;
  redisUrl?: string;
  mongoUrl?: string;
  profileFolder?: string;
  dataFolder: string;
}

/** A request with every default filled in, and what it needs of this machine. Nothing is written yet. */
export interface PlannedRun {
  request: RunRequest & { workers: number };
  requirements: RunRequirements;
  /** What is particular about its server. */
  says: readonly string[];
}

export function planRun(request: RunRequest): PlannedRun {
  const { patients, viewers, slotMs, phases } = request.scenario;
  const { targets, sourceAddresses, canaries, pipeline } = request;
  // Before anything is written: the server would read the same files, when the run has a folder already.
  const says = pipeline === undefined ? [] : pipelineText(pipeline, modelsOf(pipeline));
  const environment = probeEnvironment();
  const wanted = {
    ...{ patients, viewers, slotMs, connectMs: phases.connectMs },
    transport: request.transport,
    ...(canaries === undefined ? {} : { canaries }),
    targets,
    ...(sourceAddresses === undefined ? {} : { sourceAddresses }),
  };
  const workers = request.workers ?? workersFor(wanted, environment);
  const scenario = targets.length > 0 ? againstTarget(request.scenario) : request.scenario;
  return {
    request: { ...request, scenario, workers },
    says,
    requirements: runRequirements({ ...wanted, workers }, environment),
  };
}

/** Makes the folder of the run and the secret, and puts together what the orchestrator needs. */
export function runOptionsOf({ request }: PlannedRun, nowMs: number, command: readonly string[]): RunOptions {
  const { dataFolder, ...rest } = request;
  const tokenSecret = tokenSecretOf(dataFolder, process.env);
  return { ...rest, ...newRunFolder(dataFolder, nowMs), tokenSecret, command };
}

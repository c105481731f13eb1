import { EXIT_CODE } from '@gaitway/contract';
import { tokenSecretOf } from '@gaitway/reference-server';
import {
  changeScenario,
  findScenario,
  type RunOptions,
  type Scenario,
  type ScenarioChange,
} from '@gaitway/scenarios';
import { probeEnvironment } from '@gaitway/simulator';
import { Fault } from '../fault.ts';
import { newRunFolder } from '../run-folder.ts';
import { type RunRequirements, runRequirements, workersFor } from './run-requirements.ts';
import { checkedTargets } from './target.ts';

/** What the command line says of a run, parsed. */
export interface RunRequest {
  scenario: Scenario;
  seed: number;
  workers?: number;
  transport: 'lean' | 'official';
  targets: readonly string[];
  sourceAddresses?: readonly string[];
  cache: 'on' | 'off';
  durability: 'process' | 'machine';
  redisUrl?: string;
  mongoUrl?: string;
  profileFolder?: string;
  dataFolder: string;
}

/** The scenario of this name with what the command line changes of it. */
export function scenarioOf(name: string, change: ScenarioChange): Scenario {
  const scenario = changeScenario(findScenario(name), change);
  if (scenario.phases.measureMs < scenario.slotMs) {
    throw new Fault(
      'too_short',
      `--duration: a run of ${scenario.phases.measureMs / 1000} s is shorter than one slot (${scenario.slotMs / 1000} s), and would measure nothing`,
      `Give it ${scenario.slotMs / 1000} s at least.`,
      EXIT_CODE.badInput,
    );
  }
  return scenario;
}

/** A request with every default filled in, and what it needs of this machine. Nothing is written yet. */
export interface PlannedRun {
  request: RunRequest & { workers: number };
  requirements: RunRequirements;
}

export function planRun(request: RunRequest): PlannedRun {
  const targets = checkedTargets(request.targets);
  const { patients, viewers, slotMs, phases } = request.scenario;
  const { sourceAddresses } = request;
  const environment = probeEnvironment();
  const wanted = {
    ...{ patients, viewers, slotMs, connectMs: phases.connectMs },
    transport: request.transport,
    targets,
    ...(sourceAddresses === undefined ? {} : { sourceAddresses }),
  };
  const workers = request.workers ?? workersFor(wanted, environment);
  return {
    request: { ...request, targets, workers },
    requirements: runRequirements({ ...wanted, workers }, environment),
  };
}

/** Makes the folder of the run and the secret, and puts together what the orchestrator needs. */
export function runOptionsOf({ request }: PlannedRun, nowMs: number, command: readonly string[]): RunOptions {
  const { dataFolder, ...rest } = request;
  const tokenSecret = tokenSecretOf(dataFolder, process.env);
  return { ...rest, ...newRunFolder(dataFolder, nowMs), tokenSecret, command };
}

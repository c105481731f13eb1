import type { ServerSettings } from '@gaitway/reference-server';
import type { CanaryPlan, Cohort } from '@gaitway/simulator';
import type { UpdateFaultShares } from '@gaitway/simulator/update-faults';
import type { Scenario } from '../scenarios/scenario.ts';

/** Everything that decides what a run does; every default is filled in. Plain data: it is written into the record. */
export interface RunOptions {
  /** Name of the run; left out: the moment of its start. */
  id?: string;
  /** The scenario, with what the command line changed of it. */
  scenario: Scenario;
  seed: number;
  /** Who the patients are; left out: `COHORT_DEFAULT`. */
  cohort?: Cohort;
  workers: number;
  /** The last patients of the population wear real firmware on an emulated board; left out: none. */
  canaries?: CanaryOfRun;
  /** Whose updates fail, should the server offer one; left out: nobody's. */
  updateFaults?: UpdateFaultShares;
  transport: 'lean' | 'official';
  /** Addresses of a server that is there already; none: the run starts its own. */
  targets: readonly string[];
  /** Addresses of this machine to spread the devices over; none: the system chooses. */
  sourceAddresses?: readonly string[];
  tokenSecret: string;
  cache: 'on' | 'off';
  redisUrl?: string;
  mongoUrl?: string;
  durability: ServerSettings['durability'];
  /** What its own server does beside keeping readings; left out: what a server does by itself. */
  pipeline?: PipelineSettings;
  /** Folder of this run: record, ledger, embedded stores. */
  folder: string;
  /** The words of the command line that repeats it. */
  command: readonly string[];
  /** Folder for CPU profiles of every process of the run. */
  profileFolder?: string;
}

/** Who assesses and who runs beside, who writes insights, and what the wearables are rolled to. */
export type PipelineSettings = Pick<
  ServerSettings,
  'model' | 'modelFile' | 'candidateFile' | 'candidateUse' | 'insights' | 'updateWave'
>;

/** With what the program told of itself when it was tried before the run. */
export interface CanaryOfRun extends CanaryPlan {
  firmware: string;
  imageSha256: string;
}

import type { ServerSettings } from '@gaitway/reference-server';
import type { Scenario } from '../scenarios/scenario.ts';

/** Everything that decides what a run does; every default is filled in. Plain data: it is written into the record. */
export interface RunOptions {
  /** Name of the run; left out: the moment of its start. */
  id?: string;
  /** The scenario, with what the command line changed of it. */
  scenario: Scenario;
  seed: number;
  workers: number;
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
  /** Folder of this run: record, ledger, embedded stores. */
  folder: string;
  /** The words of the command line that repeats it. */
  command: readonly string[];
  /** Folder for CPU profiles of every process of the run. */
  profileFolder?: string;
}

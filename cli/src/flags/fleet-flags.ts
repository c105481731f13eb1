import { EXIT_CODE, SLOT_MS_DEFAULT } from '@gaitway/contract';
import { targetAddress } from '@gaitway/simulator/target-address';
import { Flags } from '@oclif/core';
import { Fault } from '../fault.ts';
import { COHORT_FLAG } from './cohort-flag.ts';
import { DATA_FLAG } from './store-flags.ts';
import { UPDATE_FAULTS_FLAG } from './update-faults-flag.ts';

const SEED_DEFAULT = 1;

/** How a fleet is played: the same flags wherever one is. */
export const FLEET_FLAGS = {
  seed: Flags.integer({
    description: 'what patients, signals and schedule are drawn from',
    default: SEED_DEFAULT,
    helpValue: 'N',
    min: 0,
    max: 0xffffffff,
  }),
  workers: Flags.integer({
    description: 'worker processes of the fleet  [default: as many as the population needs]',
    helpValue: 'N',
    min: 1,
    max: 256,
  }),
  'source-addresses': Flags.string({
    description:
      'addresses of this machine to spread the devices over, where one has too few ports: 127.0.0.1-127.0.0.4, or a list with commas  [default: the system chooses]',
    helpValue: 'LIST',
  }),
  transport: Flags.option({
    description: 'lean: our own client, cheap enough for many devices; official: socket.io-client',
    options: ['lean', 'official'] as const,
    default: 'lean' as const,
  })(),
  'update-faults': UPDATE_FAULTS_FLAG,
};

export const HEX_FLAG = Flags.string({
  description: 'program of the devices in Intel HEX  [default: the one that belongs to this version]',
  helpValue: 'FILE',
});

/** Options of the flag that names targets; a command says itself whether it is required. */
export const TARGET_FLAG = {
  description: 'server to play against, as http://HOST:PORT; repeat it (or use commas) for several instances',
  multiple: true,
  multipleNonGreedy: true,
  delimiter: ',',
  helpValue: 'URL',
} as const;

/** What is played against somebody else's server, beside how many. */
export const LOAD_FLAGS = {
  target: Flags.string({ ...TARGET_FLAG, required: true }),
  cohort: COHORT_FLAG,
  duration: Flags.string({
    description: 'how long readings are measured',
    default: '60s',
    helpValue: 'TIME',
  }),
  slot: Flags.string({
    description: 'each device sends one reading a slot',
    default: `${SLOT_MS_DEFAULT / 1000}s`,
    helpValue: 'TIME',
  }),
  connect: Flags.string({
    description: 'over how long the devices connect',
    default: '5s',
    helpValue: 'TIME',
  }),
  data: DATA_FLAG,
};

/** The targets as the command line has them, checked and without a slash at the end. */
export function checkedTargets(written: readonly string[]): string[] {
  return written.map((url) => {
    try {
      return targetAddress({ url }).origin;
    } catch (error) {
      throw new Fault(
        'bad_target',
        `--target: ${error instanceof Error ? error.message : String(error)}`,
        'For example --target http://127.0.0.1:8080.',
        EXIT_CODE.badInput,
      );
    }
  });
}

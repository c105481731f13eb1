import { EXIT_CODE } from '@gaitway/contract';
import type { PipelineSettings } from '@gaitway/scenarios';
import { Flags } from '@oclif/core';
import { commandName } from '../command-name.ts';
import { Fault } from '../fault.ts';
import { readUpdateWave } from '../services/update-wave-file.ts';
import { INSIGHT_FLAGS, insightSettings } from './insight-flags.ts';
import { MODEL_FLAGS, modelSettings } from './model-flags.ts';

/** What a server does with readings beside keeping them: the same flags wherever one is started. */
export const PIPELINE_FLAGS = {
  ...MODEL_FLAGS,
  ...INSIGHT_FLAGS,
  'update-wave': Flags.string({
    description:
      'roll the wearables to another version of their program, as this JSON file says; a wave that was begun goes on without it',
    helpValue: 'FILE',
  }),
};

type Flagged = Parameters<typeof modelSettings>[0] &
  Parameters<typeof insightSettings>[0] & { 'update-wave'?: string | undefined };

/** What the flags and the environment say of it. Throws a `Fault` for a model API or a wave that is none. */
export function pipelineSettings(
  flags: Flagged,
  environment: Readonly<Record<string, string | undefined>>,
): PipelineSettings {
  const wave = flags['update-wave'];
  return {
    ...modelSettings(flags),
    insights: insightSettings(flags, environment),
    ...(wave === undefined ? {} : { updateWave: readUpdateWave(wave) }),
  };
}

/**
 * Refuses these flags for a run that starts no server, and a model API that nobody would ask. `written`: the flags that
 * stand on the command line; what comes from the environment may be meant for others.
 */
export function insistOnUse(
  written: readonly string[],
  targets: readonly string[],
  { insights }: PipelineSettings,
): void {
  const named = written.filter((flag) => flag in PIPELINE_FLAGS).map((flag) => `--${flag}`);
  if (targets.length > 0 && named.length > 0) {
    throw new Fault(
      'not_of_target',
      `${named.join(', ')}: this sets the server that a run starts for itself, and with --target it starts none`,
      `Give it to the target, as ${commandName()} server start ${named[0]} ..., or leave out --target.`,
      EXIT_CODE.badInput,
    );
  }
  if (insights.everyMs === 0 && named.some((flag) => flag.startsWith('--insight-'))) {
    throw new Fault(
      'no_insights',
      `${named.filter((flag) => flag.startsWith('--insight-')).join(', ')}: nobody asks for insights in a run, so none would be written`,
      'Add --insights-every-minutes 1, or longer periods in a longer run.',
      EXIT_CODE.badInput,
    );
  }
}

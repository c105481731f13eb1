import { SERVER_SETTINGS_DEFAULT as DEFAULT, type ServerSettings } from '@gaitway/reference-server/settings';
import { Flags } from '@oclif/core';

const HELP_GROUP = 'MODEL';

/** Who assesses, and who runs beside: the same flags wherever a server is started. */
export const MODEL_FLAGS = {
  model: Flags.string({
    description: 'built-in model that assesses',
    default: DEFAULT.model,
    helpGroup: HELP_GROUP,
    helpValue: 'NAME',
  }),
  'model-file': Flags.string({
    description: 'file of the model that assesses, instead of a built-in one',
    helpGroup: HELP_GROUP,
    helpValue: 'FILE',
  }),
  'candidate-file': Flags.string({
    description: 'file of another model that runs beside it',
    helpGroup: HELP_GROUP,
    helpValue: 'FILE',
  }),
  'candidate-use': Flags.option({
    description:
      'shadow: it is only compared and counted; roll-out: it takes over from 10, 50, then all of the patients while its figures stay within their limits',
    options: ['shadow', 'roll-out'] as const,
    default: DEFAULT.candidateUse,
    helpGroup: HELP_GROUP,
  })(),
};

export type ModelSettings = Pick<ServerSettings, 'model' | 'modelFile' | 'candidateFile' | 'candidateUse'>;

/** What the flags say of a server's models. The files are read when it starts. */
export function modelSettings(flags: {
  model: string;
  'model-file'?: string | undefined;
  'candidate-file'?: string | undefined;
  'candidate-use': 'shadow' | 'roll-out';
}): ModelSettings {
  const { model, 'model-file': modelFile, 'candidate-file': candidateFile } = flags;
  return {
    ...{ model, candidateUse: flags['candidate-use'] },
    ...(modelFile === undefined ? {} : { modelFile }),
    ...(candidateFile === undefined ? {} : { candidateFile }),
  };
}

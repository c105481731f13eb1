import { EXIT_CODE } from '@gaitway/contract';
import type { ServerSettings } from '@gaitway/reference-server/settings';
import { Fault } from '../fault.ts';

/** The key is no flag: what stands on a command line is seen by everybody on the machine. */
export const INSIGHT_KEY_VARIABLE = 'GAITWAY_INSIGHT_KEY';

/** The model API that the flags name, if they name one; an empty variable counts as none. */
export function insightApi(
  flags: { 'insight-api'?: string | undefined; 'insight-model'?: string | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Pick<ServerSettings['insights'], 'apiUrl' | 'model' | 'apiKey'> {
  const { 'insight-api': apiUrl = '', 'insight-model': model = '' } = flags;
  if (apiUrl === '' && model === '') return {};
  if (apiUrl === '' || model === '') {
    throw wrong(
      `--insight-api and --insight-model belong together, and ${apiUrl === '' ? '--insight-api' : '--insight-model'} is missing`,
      'Name both, or neither: then the built-in writer writes.',
    );
  }
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.username !== '') {
    throw wrong(
      '--insight-api is no http or https URL without user and query',
      `Name what /chat/completions comes after, as https://api.example.com/v1; the key goes into ${INSIGHT_KEY_VARIABLE}.`,
    );
  }
  const apiKey = environment[INSIGHT_KEY_VARIABLE];
  return { apiUrl, model, ...(apiKey ? { apiKey } : {}) };
}

function wrong(says: string, hint: string): Fault {
  return new Fault('bad_insight_api', says, hint, EXIT_CODE.badInput);
}

import { firmwareText } from '@gaitway/contract';
import { type ModelsOf, SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server';
import type { PipelineSettings } from '@gaitway/scenarios';

const MINUTE_MS = 60_000;

/** What the server of a run will do that a server does not do by itself, in a sentence; none where that is nothing. */
export function pipelineText(
  { candidateUse, insights, updateWave }: PipelineSettings,
  { model, candidate }: ModelsOf,
): string[] {
  const beside = candidateUse === 'shadow' ? 'in the shadow of' : 'takes over from';
  const parts = [
    ...(candidate ? [`model ${candidate.version} ${beside} ${model.version}`] : []),
    ...(candidate || model.version === SERVER_SETTINGS_DEFAULT.model ? [] : [`model ${model.version}`]),
    ...(insights.everyMs > 0
      ? [`insights every ${insights.everyMs / MINUTE_MS} min by ${insights.model ?? 'the built-in writer'}`]
      : []),
    ...(updateWave
      ? [`a wave from ${firmwareText(updateWave.from)} to ${firmwareText(updateWave.to.firmware)}`]
      : []),
  ];
  return parts.length === 0 ? [] : [`Its server: ${parts.join('; ')}.`];
}

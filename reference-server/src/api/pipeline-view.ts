import { firmwareText } from '@gaitway/contract';
import type { Model } from '../infer/model.ts';
import type { ServerSettings } from '../settings.ts';
import type { WavePlan } from '../update/wave-plan.ts';
import type { PipelineView } from './deps.ts';

/** What the settings of a server show of who runs beside, who writes, and what is rolled out. No address and no key. */
export function pipelineView(
  { candidateUse, insights }: Pick<ServerSettings, 'candidateUse' | 'insights'>,
  { candidate, wave }: { candidate: Model | undefined; wave?: WavePlan | undefined },
): PipelineView {
  const { everyMs, apiUrl, model } = insights;
  const isModel = apiUrl !== undefined && model !== undefined;
  return {
    ...(candidate ? { candidate: { version: candidate.version, use: candidateUse } } : {}),
    insights: { everyMs, ...(isModel ? { writer: 'model', model } : { writer: 'built-in' }) },
    ...(wave
      ? {
          updateWave: {
            from: firmwareText(wave.from),
            to: firmwareText(wave.to.firmware),
            hash: wave.to.hash.toString(16).padStart(8, '0'),
          },
        }
      : {}),
  };
}

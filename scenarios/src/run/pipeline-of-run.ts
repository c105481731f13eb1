import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { METRICS, type RunPipeline } from '@gaitway/contract';
import type { SettingsView } from '@gaitway/reference-server';
import { sumIn, valuesIn } from './metrics-text.ts';
import type { PipelineSettings } from './run-options.ts';

/** Of the settings that a target tells, what a pipeline is known by; one of others may tell less. */
export interface ToldOfPipeline extends Partial<Pick<SettingsView, 'candidate' | 'insights' | 'updateWave'>> {
  model?: Partial<SettingsView['model']>;
}

/** What a run knows of the pipeline when it begins; nothing where the target does not name its model. */
export function pipelineOf(
  told: ToldOfPipeline | undefined,
  asked: PipelineSettings | undefined,
): { pipeline?: RunPipeline } {
  const version = told?.model?.version;
  if (told === undefined || typeof version !== 'string') return {};
  const { candidate, insights, updateWave } = told;
  const { everyMs = 0, writer = 'built-in', model: writing } = insights ?? {};
  return {
    pipeline: {
      model: { version, ...fileOf(asked?.modelFile) },
      ...(candidate
        ? {
            candidate: {
              ...{ version: candidate.version, ...fileOf(asked?.candidateFile), use: candidate.use },
              ...{ share: null, stoppedBy: [] },
            },
          }
        : {}),
      insights: { everyMs, writer, ...(writing === undefined ? {} : { model: writing }) },
      ...(updateWave ? { updateWave: { ...updateWave } } : {}),
    },
  };
}

/** The same when the run is over, with what its own servers counted. */
export function withCounts(pipeline: RunPipeline, metricsTexts: readonly string[]): RunPipeline {
  if (metricsTexts.length === 0) return pipeline;
  const values = (metric: keyof typeof METRICS, label: string) =>
    valuesIn(metricsTexts, METRICS[metric], label);
  const sum = (metric: keyof typeof METRICS) => sumIn(metricsTexts, METRICS[metric]);
  const { candidate, insights, updateWave } = pipeline;
  const calls = sum('insightCalls');
  const windows = sum('windowsClosed');
  return {
    ...pipeline,
    ...(candidate
      ? {
          candidate: {
            ...candidate,
            share: sum('rollOutShare') / metricsTexts.length,
            stoppedBy: Object.keys(values('rollOutsStopped', 'figure')),
          },
        }
      : {}),
    insights: {
      ...insights,
      counts: {
        written: values('insightsWritten', 'writer'),
        sentencesKept: sum('insightSentencesKept'),
        sentencesRemoved: values('insightSentencesRemoved', 'reason'),
        fallBacks: values('insightFallBacks', 'reason'),
        calls,
        callFailures: values('insightCallFailures', 'reason'),
        callsPerWindow: windows > 0 ? calls / windows : null,
        tokens: sum('insightTokens'),
        costThousandths: sum('insightCost'),
      },
    },
    ...(updateWave ? { updateWave: { ...updateWave, devices: values('updateDevices', 'fate') } } : {}),
  };
}

function fileOf(path: string | undefined): { file?: string; sha256?: string } {
  if (path === undefined) return {};
  const file = resolve(path);
  return { file, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') };
}

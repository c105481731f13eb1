import { type ModelsOf, SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server';
import type { PipelineSettings } from '@gaitway/scenarios';
import { expect, it } from 'vitest';
import { pipelineText } from './pipeline-text.ts';

const { model, candidateUse, insights } = SERVER_SETTINGS_DEFAULT;
const USUAL: PipelineSettings = { model, candidateUse, insights };
const models = (...[current, candidate]: string[]) =>
  ({
    model: { version: current },
    candidate: candidate === undefined ? undefined : { version: candidate },
  }) as ModelsOf;

it('of a server as it is by itself nothing is said', () => {
  expect(pipelineText(USUAL, models(model))).toEqual([]);
});

it('of another one it is said who assesses, who writes how often, and what is rolled out', () => {
  expect(pipelineText(USUAL, models('mine-1'))).toEqual(['Its server: model mine-1.']);
  const updateWave = { from: 0x1000, to: { firmware: 0x1040, hash: 1 } } as PipelineSettings['updateWave'] &
    object;
  const all: PipelineSettings = {
    ...USUAL,
    candidateUse: 'roll-out',
    insights: { ...insights, everyMs: 120_000, model: 'a-model' },
    updateWave,
  };
  expect(pipelineText(all, models(model, 'mine-1'))).toEqual([
    `Its server: model mine-1 takes over from ${model}; insights every 2 min by a-model; a wave from 1.0.0 to 1.1.0.`,
  ]);
  expect(pipelineText(USUAL, models(model, 'mine-1'))[0]).toContain(`mine-1 in the shadow of ${model}`);
});

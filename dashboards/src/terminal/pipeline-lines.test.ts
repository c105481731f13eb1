import type { RunPipeline } from '@gaitway/contract';
import { expect, it } from 'vitest';
import { pipelineLines } from './pipeline-lines.ts';

const PLAIN: RunPipeline = {
  model: { version: 'second-1' },
  insights: { everyMs: 0, writer: 'built-in' },
};
const NOTHING = {
  ...{ written: {}, sentencesKept: 0, sentencesRemoved: {}, fallBacks: {} },
  ...{ calls: 0, callFailures: {}, callsPerWindow: 0, tokens: 0, costThousandths: 0 },
};

it('of a run that was given nothing the model is said, and no more', () => {
  expect(pipelineLines(PLAIN)).toEqual(['Model: second-1.']);
  const none = { ...PLAIN, insights: { ...PLAIN.insights, counts: NOTHING } };
  expect(pipelineLines(none)).toEqual(['Model: second-1.']);
});

it('says of insights what was written and removed, and what the calls came to', () => {
  const counts = {
    ...{ written: { model: 40, 'built-in': 8 }, sentencesKept: 409 },
    ...{ sentencesRemoved: { number_unsupported: 2, unknown_citation: 1 }, fallBacks: { call_failed: 8 } },
    ...{
      calls: 48,
      callFailures: { time_limit: 8 },
      callsPerWindow: 0.24,
      tokens: 61_200,
      costThousandths: 42,
    },
  };
  const insights: RunPipeline['insights'] = { everyMs: 60_000, writer: 'model', model: 'a-model', counts };
  expect(pipelineLines({ ...PLAIN, insights })[1]).toBe(
    'Insights: 48 written (model 40, built-in 8), 3 of 412 sentences removed (number_unsupported 2, unknown_citation 1), 8 fall-backs (call_failed 8), 48 calls (0.240 a window), 8 of them failed (time_limit 8), 61,200 tokens, cost 0.042.',
  );
  const quiet = { ...PLAIN, insights: { everyMs: 60_000, writer: 'built-in' as const, counts: NOTHING } };
  expect(pipelineLines(quiet)[1]).toBe(
    'Insights: none, and none was asked of a writer: that takes a period of 1 min with windows in it that ends before the run does. Take a longer --duration.',
  );
  // Of one that was asked and wrote nothing that is told.
  const asked = { ...insights, counts: { ...NOTHING, calls: 2, callFailures: { time_limit: 2 } } };
  expect(pipelineLines({ ...PLAIN, insights: asked })[1]).toMatch(/^Insights: 0 written, .* 2 calls/);
});

it('says who ran beside, how far it came, and what became of the devices of a wave', () => {
  const candidate = { version: 'third-1', file: '/tmp/third.json', share: 0.5, stoppedBy: [] };
  const line = (changes: Partial<NonNullable<RunPipeline['candidate']>>) =>
    pipelineLines({ ...PLAIN, candidate: { ...candidate, use: 'roll-out', ...changes } })[0];
  expect(line({ use: 'shadow' })).toBe('Model: second-1; third-1 of /tmp/third.json beside it, in shadow.');
  expect(line({})).toBe(
    'Model: second-1; third-1 of /tmp/third.json spoke of 50 % of the patients at the end.',
  );
  expect(line({ stoppedBy: ['driftIndex'], share: 0 })).toMatch(/was taken back \(driftIndex\)/);
  const updateWave = { from: '1.0.0', to: '1.1.0', hash: '0badcafe', devices: { offered: 2, confirmed: 15 } };
  expect(pipelineLines({ ...PLAIN, updateWave })[1]).toBe(
    'Update wave: 1.0.0 to 1.1.0: 15 devices confirmed it, 0 failed, 2 have not answered.',
  );
});

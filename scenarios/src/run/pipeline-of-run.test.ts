import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrometheusMeter, SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { validateRunRecord } from '../run-record/validate-run-record.ts';
import { synthesisedRun } from './finished-run.fixture.ts';
import { pipelineOf, type ToldOfPipeline, withCounts } from './pipeline-of-run.ts';
import { runRecordOf } from './run-record-of.ts';

const TOLD: ToldOfPipeline = {
  model: { version: 'mine-1', declined: {} },
  candidate: { version: 'third-1', use: 'roll-out' },
  insights: { everyMs: 60_000, writer: 'model', model: 'a-model' },
  updateWave: { from: '1.0.0', to: '1.1.0', hash: '0badcafe' },
};

function pipelineWithFile() {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-pipeline-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const modelFile = join(folder, 'model.json');
  writeFileSync(modelFile, 'abc');
  const { model, candidateUse, insights } = SERVER_SETTINGS_DEFAULT;
  const { pipeline } = pipelineOf(TOLD, { model, modelFile, candidateUse, insights });
  return { modelFile, pipeline: pipeline! };
}

describe('what a record says of the pipeline', () => {
  it('is who assessed, with the content of the file, who ran beside, who wrote, what was rolled out', () => {
    const { pipeline, modelFile } = pipelineWithFile();
    expect(pipeline).toEqual({
      model: {
        version: 'mine-1',
        file: modelFile,
        // Of 'abc', from FIPS 180-4's examples.
        sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      },
      candidate: { version: 'third-1', use: 'roll-out', share: null, stoppedBy: [] },
      insights: { everyMs: 60_000, writer: 'model', model: 'a-model' },
      updateWave: { from: '1.0.0', to: '1.1.0', hash: '0badcafe' },
    });
  });

  it('is nothing where a target does not name its model', () => {
    expect(pipelineOf(undefined, undefined)).toEqual({});
    expect(pipelineOf({ insights: { everyMs: 0, writer: 'built-in' } }, undefined)).toEqual({});
  });

  it('is, at the end, also what the servers counted, and the record stays valid', async () => {
    const { pipeline } = pipelineWithFile();
    const meter = createPrometheusMeter();
    meter.counter('insightsWritten', { writer: 'model' }).add(9);
    meter.counter('insightSentencesKept', { writer: 'model' }).add(70);
    meter.counter('insightSentencesRemoved', { writer: 'model', reason: 'number_unsupported' }).add(2);
    meter.counter('insightCalls').add(10);
    meter.counter('windowsClosed', { complete: 'true' }).add(40);
    meter.counter('insightTokens', { part: 'prompt' }).add(900);
    meter.counter('insightTokens', { part: 'completion' }).add(100);
    meter.counter('insightCost').add(12);
    meter.counter('rollOutsStopped', { figure: 'driftIndex' }).add();
    meter.gauge('updateDevices', { fate: 'confirmed' }).set(7);
    const { text } = await meter.metricsText();
    const counted = withCounts(pipeline, [text]);
    expect(counted.insights.counts).toEqual({
      ...{
        written: { model: 9 },
        sentencesKept: 70,
        sentencesRemoved: { number_unsupported: 2 },
        fallBacks: {},
      },
      ...{ calls: 10, callFailures: {}, callsPerWindow: 0.25, tokens: 1000, costThousandths: 12 },
    });
    expect(counted.candidate).toMatchObject({ share: 0, stoppedBy: ['driftIndex'] });
    expect(counted.updateWave?.devices).toEqual({ confirmed: 7 });

    const run = synthesisedRun({ patients: 10, seconds: 60, workers: 1, servers: 1, watchedPairs: 2 });
    run.servers[0]!.report.metricsText = text;
    const record = runRecordOf({ ...run, pipeline });
    expect(record.pipeline).toEqual(counted);
    expect(validateRunRecord(JSON.parse(JSON.stringify(record)))).toEqual([]);
    // Of servers of others nobody counted for this run.
    expect(runRecordOf({ ...run, servers: [], pipeline }).pipeline).toEqual(pipeline);
  });
});

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunRecord } from '@gaitway/contract';
import { SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server/settings';
import { validateRunRecord } from '@gaitway/scenarios';
import { expect, it, onTestFinished } from 'vitest';
import { FULL, gaitway, ownFolder, unbroken } from './binary.fixture.ts';
import { expectSoundRun } from './run-outcome.fixture.ts';

const { model: VERSION } = SERVER_SETTINGS_DEFAULT;
const MODEL_FILE = fileURLToPath(
  new URL(`../../../reference-server/src/infer/models/${VERSION}.json`, import.meta.url),
);
const INVENTED = {
  text: 'Medication was entered 42 times.',
  supports: ['nothing-of-ours'],
  predicate: { kind: 'medication', comparison: 'equals', value: 42 },
};

/** Of an answer, as the API below counts. */
const COMPLETION_TOKENS = 60;

/** A model API that invents a citation in every answer; counts who asked with which key, and the tokens of what was asked. */
async function inventingApi() {
  const keys: (string | undefined)[] = [];
  const asked = { tokens: 0 };
  const server = createServer((request, response) => {
    keys.push(request.headers.authorization);
    let bytes = 0;
    request.on('data', (part: Buffer) => {
      bytes += part.length;
    });
    request.on('end', () => {
      const content = JSON.stringify({ sentences: [INVENTED] });
      const prompt_tokens = Math.ceil(bytes / 4);
      asked.tokens += prompt_tokens;
      const usage = { prompt_tokens, completion_tokens: COMPLETION_TOKENS };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ message: { content } }], usage }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, keys, asked };
}

it.runIf(FULL)(
  'a run with a candidate, a model that writes, and a wave says in its record what was in use and what became of it',
  async () => {
    const [data, folder] = [ownFolder(), ownFolder()];
    const candidate = readFileSync(MODEL_FILE, 'utf8').replace(`"${VERSION}"`, '"mine-1"');
    const [candidateFile, waveFile] = [join(folder, 'mine.json'), join(folder, 'wave.json')];
    writeFileSync(candidateFile, candidate);
    writeFileSync(waveFile, '{ "from": "1.0.0", "to": { "firmware": "1.1.0", "hash": "0badcafe" } }');
    const api = await inventingApi();
    const words = [
      ...['run', 'smoke', '--patients', '20', '--duration', '35s', '--json'],
      ...['--candidate-file', candidateFile, '--update-wave', waveFile, '--insights-every-minutes', '1'],
      ...['--insight-api', api.url, '--insight-model', 'a-model', '--insight-prompt-price', '1000'],
    ];
    const run = await gaitway(words, { data, env: { GAITWAY_INSIGHT_KEY: 'a-key-of-ours' } });
    const record = JSON.parse(run.stdout) as RunRecord;
    expectSoundRun(record, run.code);
    expect(validateRunRecord(record)).toEqual([]);
    const { pipeline } = record;
    const sha256 = createHash('sha256').update(candidate).digest('hex');
    expect(pipeline).toMatchObject({
      model: { version: VERSION },
      candidate: { version: 'mine-1', file: candidateFile, sha256, use: 'shadow', stoppedBy: [] },
      insights: { everyMs: 60_000, writer: 'model', model: 'a-model' },
      updateWave: { from: '1.0.0', to: '1.1.0', hash: '0badcafe' },
    });
    const counts = pipeline!.insights.counts!;
    expect(counts.calls).toBeGreaterThan(0);
    expect(counts).toMatchObject({
      calls: api.keys.length,
      // Nothing that was invented stayed, so the built-in writer wrote.
      sentencesRemoved: { unknown_citation: counts.calls },
      fallBacks: { nothing_left: counts.calls },
      written: { 'built-in': counts.calls },
      tokens: api.asked.tokens + COMPLETION_TOKENS * counts.calls,
    });
    // At 1,000 thousandths for a million tokens of prompts.
    expect(counts.costThousandths).toBeCloseTo(api.asked.tokens / 1000);
    expect(new Set(api.keys)).toEqual(new Set(['Bearer a-key-of-ours']));
    expect(JSON.stringify(record)).not.toContain('a-key-of-ours');
    expect(unbroken(run.stderr)).toMatch(
      /Model: \S+; mine-1 of \S+ beside it, in shadow\. Insights: \d+ written/,
    );
  },
);

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** A suite of nothing but tests on a service. */
const SUITE = 'reference-server/src/ingest/redis-durability.test.ts';
const RECORDINGS_SUITE = 'simulator/src/recordings/full-recordings.test.ts';
const LEFT_OUT =
  /^Left out: the suites of Redis .* and MongoDB .*\. Set GAITWAY_REDIS_URL and GAITWAY_MONGO_URL to run them\.$/m;

async function run(program: string, words: readonly string[], own: Record<string, string>) {
  const env: NodeJS.ProcessEnv = { NO_COLOR: '1', ...own };
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^(GAITWAY_|VITEST|FORCE_COLOR|NODE_ENV$|TEST$)/.test(name)) env[name] ??= value;
  }
  const child = spawn(process.execPath, [program, ...words], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

const vitest = (words: readonly string[], own: Record<string, string> = {}) =>
  run('node_modules/vitest/vitest.mjs', ['run', ...words], own);

describe('suites whose service nobody named', () => {
  it('are said to be left out, in one line', async () => {
    const { code, said } = await vitest([SUITE]);
    expect(said).toMatch(LEFT_OUT);
    expect(said).toMatch(/^0 passed, 0 failed, \d+ skipped$/m);
    expect(code).toBe(0);
  });

  it('fail a run at full depth, also one that vitest was started for itself', async () => {
    const { code, said } = await vitest([SUITE], { GAITWAY_TEST: 'full' });
    expect(said).toMatch(LEFT_OUT);
    expect(said).toMatch(/^0 passed, 1 failed, \d+ skipped$/m);
    expect(code).toBe(1);
    const all = await run('cli/bin/test.js', [], { GAITWAY_TEST: 'full' });
    expect(all.said).toMatch(/GAITWAY_TEST=full needs GAITWAY_REDIS_URL and GAITWAY_MONGO_URL/);
    expect(all.code).toBe(104);
  });

  it('are not spoken of where all others were left out by name', async () => {
    const { code, said } = await vitest([SUITE, '-t', 'no test has this name'], { GAITWAY_TEST: 'full' });
    expect(said).not.toMatch(/Left out/);
    expect(code).toBe(0);
  });
});

describe('the whole recordings of real people', () => {
  it('are said to be left out where nobody named their folder', async () => {
    const { code, said } = await vitest([RECORDINGS_SUITE]);
    expect(said).toMatch(
      /^Left out: the whole recordings of real people .*Set GAITWAY_RECORDINGS to their folder/m,
    );
    expect(code).toBe(0);
  });

  it('fail where a folder is named that is not there', async () => {
    const { code, said } = await vitest([RECORDINGS_SUITE], { GAITWAY_RECORDINGS: '/no/such/folder' });
    expect(said).toMatch(/\/no\/such\/folder\/daphnet\/S01R02\.csv\.gz: there is no such file/);
    expect(said).not.toMatch(/Left out: the whole recordings/);
    expect(code).toBe(1);
  });
});

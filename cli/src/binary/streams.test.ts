import { existsSync } from 'node:fs';
import { EXIT_CODE } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { atDepth, Gaitway, gaitway, unbroken } from './binary.fixture.ts';

const shell = (script: string) => ({ through: ['bash', '-c', script, 'shell'] });

describe.runIf(process.platform !== 'win32')('what is printed', () => {
  it.each(
    atDepth(1, [
      ['standard output', 'set -o pipefail; "$@" | head -n 1'],
      ['both streams', 'set -o pipefail; "$@" 2>&1 | head -n 1'],
    ]),
  )('breaks nothing when the reader of %s goes', async (_, script) => {
    const { code, stdout, stderr } = await gaitway(
      ['simulate', '--patients', '20', '--hours', '0.3', '--faults', 'none'],
      shell(script),
    );
    expect(stdout).toMatch(/^Seed 1\. .*\n$/);
    expect(stderr).not.toMatch(/EPIPE/);
    expect(code).toBe(0);
  });

  it.runIf(existsSync('/dev/full')).each([
    ['for people', []],
    ['as JSON', ['--json']],
  ])('%s onto a full disk is said to be nowhere, without a stack, and is not well', async (_, flags) => {
    const { code, stderr } = await gaitway(
      ['simulate', '--patients', '2', '--hours', '1', '--faults', 'none', ...flags],
      shell('"$@" > /dev/full'),
    );
    expect(unbroken(stderr)).toMatch(
      /gaitway: standard output could not be written: ENOSPC.* Send it to where/,
    );
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(EXIT_CODE.badInput);
  });

  it.each([
    ['is plain without a terminal', {}, false],
    ['is coloured where FORCE_COLOR asks for it', { FORCE_COLOR: '1' }, true],
    [
      'is plain where NO_COLOR asks for it, whatever else is asked',
      { FORCE_COLOR: '1', NO_COLOR: '1' },
      false,
    ],
  ])('%s', async (_, env, coloured) => {
    const { stdout } = await gaitway(['run', 'mvp', '--dry-run'], { env });
    expect(stdout).toMatch(/The run needs/);
    expect(stdout.includes('\u001b[')).toBe(coloured);
  });

  it.each(
    atDepth(1, [
      ['40', 40],
      ['100', 100],
      ['none', 80],
      ['1', 80],
    ]),
  )('without a terminal is as wide as COLUMNS=%s says, where it can be', async (COLUMNS, most) => {
    const { stdout } = await gaitway(['run', 'mvp', '--dry-run'], { env: { COLUMNS } });
    const widest = Math.max(...stdout.split('\n').map((line) => [...line].length));
    expect(widest).toBeLessThanOrEqual(most);
    expect(widest).toBeGreaterThan(most * 0.8);
  });

  it('goes on when its reader has gone: a server serves until it is told to stop', async () => {
    const server = new Gaitway(['server', 'start', '--port', '0'], shell('exec "$@" > >(head -n 2 >&2)'));
    const [, url] = await server.said(/ at (http:[^\s;]+)/);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    server.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
  });
});

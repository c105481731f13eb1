import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commandName } from '../command-name.ts';
import { atDepth, gaitway, linesWiderThan, ownFolder, unbroken } from './binary.fixture.ts';
import { HEAVY_PACKAGES, noteHeavyPackages } from './loaded-packages.fixture.ts';

describe('bad input is answered with what is wrong, what to do, and 104', () => {
  it.each(
    atDepth(8, [
      ['an unknown command', ['simulat'], /no command 'simulat' Did you mean 'simulate'\?/],
      ['an unknown command with arguments', ['rum', 'smoke'], /Did you mean 'run'\?/],
      [
        'an unknown flag',
        ['run', 'smoke', '--patiens', '5'],
        /no flag --patiens here Did you mean '--patients'/,
      ],
      [
        'negative patients',
        ['run', 'smoke', '--patients', '-5'],
        /greater than or equal to 1 but received: -5/,
      ],
      ['patients that are no number', ['run', 'smoke', '--patients', 'many'], /integer but received: many/],
      ['an unknown scenario', ['run', 'porduction'], /no scenario 'porduction' Did you mean 'production'\?/],
      ['an unknown flag before a command', ['--hlep'], /no flag --hlep here Did you mean '--help'\?/],
      [
        'a limit of the server below its least',
        ['server', 'start', '--cache-mib', '0'],
        /--cache-mib: expected .* 1 but received: 0/,
      ],
      ['a slot that is none', ['simulate', '--slot', 'x'], /--slot x is not a duration/],
      ['hours that are none', ['simulate', '--hours', '0'], /--hours 0 is not a number of hours above 0/],
      ['a flag that is missing', ['fleet'], /--target is required/],
      [
        'readings that would be gone before their window is closed',
        ['server', 'start', '--cache', 'off', '--keep-readings-hours', '1', '--window-seconds', '3600'],
        /readings would be gone before their window of 3600 s is closed/,
      ],
      ['no scenario', ['run'], /SCENARIO is missing: mvp, production or smoke/],
      ['a duration that is none', ['run', 'smoke', '--duration', 'soon'], /soon is not a duration/],
      [
        'a duration of a fleet that is none',
        ['fleet', '--target', 'http://localhost', '--duration', 'soon'],
        /soon is not a duration/,
      ],
      ['a duration below one slot', ['run', 'mvp', '--duration', '1s'], /shorter than one slot \(5 s\)/],
      [
        'an unknown cohort',
        ['run', 'smoke', '--cohort', 'nobody'],
        /neither a cohort of ours nor a file .*one of default/,
      ],
      [
        'what sets a server, for a run that starts none',
        ['run', 'smoke', '--target', 'http://localhost', '--model', 'second-1', '--insight-cost', '5'],
        /--model, --insight-cost: this sets the server that a run starts for itself, and with --target it starts none .* server start --model/,
      ],
      [
        'a model API that nobody would ask',
        ['run', 'smoke', '--insight-api', 'http://localhost/v1', '--insight-model', 'x'],
        /--insight-api, --insight-model: nobody asks for insights .* --insights-every-minutes 1/,
      ],
      [
        'a wave that is not there',
        ['run', 'smoke', '--update-wave', 'nowhere.json'],
        /nowhere\.json: it cannot be/,
      ],
      [
        'a step of an update that there is not',
        ['run', 'smoke', '--update-faults', 'explodes=0.1'],
        /--update-faults: there is no fault 'explodes': there are not_taken, .* all=0\.2/,
      ],
      ['a wrong URL', ['run', 'smoke', '--target', 'ftp://localhost'], /begins with ftp:.* .*--target http/],
      ['a wrong URL of a fleet', ['fleet', '--target', 'ftp://localhost'], /begins with ftp:/],
      ['a wrong source address', ['run', 'smoke', '--source-addresses', 'here'], /neither an IP address/],
      ['a wrong Redis URL', ['run', 'smoke', '--redis', 'http://localhost'], /http:\/\/localhost/],
      [
        'several instances on embedded stores',
        ['server', 'start', '--instances', '2'],
        /need Redis .* and MongoDB/,
      ],
      ['an unknown role', ['server', 'start', '--roles', 'gateway,proccessor'], /no role proccessor/],
      ['a moment that is none', ['server', 'start', '--window-origin', 'soon'], /soon is no moment/],
      ['an audit without a run', ['audit', 'latest'], /there is no run in/],
      ['an audit of what is not there', ['audit', 'nowhere'], /there is no run at/],
      ['a viewer who could see nobody', ['token', 'viewer'], /could see nobody/],
      [
        'a life of a token that is none',
        ['token', 'device', '--patient', 'p', '--device', '1', '--ttl', 'soon'],
        /--ttl soon is not a duration/,
      ],
    ]),
  )('%s', async (_, words, says) => {
    const { env, loaded } = noteHeavyPackages();
    const { code, stdout, stderr } = await gaitway(words, { env });
    expect(unbroken(stderr)).toMatch(says);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(linesWiderThan(80, stderr)).toEqual([]);
    expect(stdout).not.toMatch(/Error/);
    expect(code).toBe(104);
    // Whoever mistyped something does not wait until a server is loaded.
    expect(loaded()).toEqual([]);
  });

  it('several instances without the reading log', async () => {
    const { code, stderr } = await gaitway([
      ...['server', 'start', '--instances', '2', '--cache', 'off'],
      ...['--redis', 'redis://127.0.0.1:1', '--mongo', 'mongodb://127.0.0.1:1'],
    ]);
    expect(unbroken(stderr)).toMatch(/each process counts its own positions/);
    expect(code).toBe(104);
  });

  it('a run that does not fit, before anything connects', async () => {
    const { code, stdout, stderr } = await gaitway(['run', 'mvp', '--patients', '1000000', '--workers', '1']);
    expect(stdout).toMatch(/TOO LITTLE/);
    expect(unbroken(stderr)).toMatch(/does not fit on this machine/);
    expect(stdout).not.toMatch(/patients connect to/);
    expect(code).toBe(104);
  });
});

describe('a service that does not answer is told with 69', () => {
  const nobody = 'http://127.0.0.1:9';
  it.each(
    atDepth(1, [
      [
        'a target of a run',
        ['run', 'smoke', '--target', nobody],
        /nothing answers at http:\/\/127\.0\.0\.1:9/,
      ],
      ['a target of a fleet', ['fleet', '--target', nobody], /nothing answers at http:\/\/127\.0\.0\.1:9/],
      [
        'a Redis',
        ['server', 'start', '--port', '0', '--redis', 'redis://127.0.0.1:9'],
        /No Redis answers at/,
      ],
      [
        'a MongoDB',
        ['server', 'start', '--port', '0', '--mongo', 'mongodb://127.0.0.1:9'],
        /No MongoDB answers at/,
      ],
      ['a Redis of a run', ['run', 'smoke', '--redis', 'redis://127.0.0.1:9'], /No Redis answers at/],
    ]),
  )('%s', async (_, words, says) => {
    const { code, stderr } = await gaitway(words);
    expect(unbroken(stderr)).toMatch(says);
    expect(code).toBe(69);
  });

  it('a service that doctor was told of', async () => {
    const { code, stdout } = await gaitway(['doctor', '--json'], {
      env: { GAITWAY_REDIS_URL: 'redis://127.0.0.1:9' },
    });
    const { sound, rows } = JSON.parse(stdout) as { sound: boolean; rows: { what: string; state: string }[] };
    expect(sound).toBe(false);
    expect(rows.find(({ what }) => what === 'Redis')).toMatchObject({
      state: 'missing',
      fix: expect.stringContaining('unset GAITWAY_REDIS_URL'),
    });
    expect(rows.find(({ what }) => what === 'Node.js')?.state).toBe('there');
    expect(code).toBe(69);
  });
});

it('an error is JSON where JSON was asked for', async () => {
  const { code, stdout, stderr } = await gaitway(['run', 'smok', '--json']);
  expect(JSON.parse(stdout)).toEqual({
    error: {
      code: 'unknown_scenario',
      says: "there is no scenario 'smok'",
      next: `Did you mean 'smoke'? See ${commandName()} run --help.`,
    },
  });
  expect(stderr).toBe('');
  expect(code).toBe(104);
});

it('a token secret that anybody could guess is refused', async () => {
  const { code, stderr } = await gaitway(['token', 'device', '--patient', 'p000001', '--device', '2'], {
    env: { GAITWAY_TOKEN_SECRET: 'short' },
  });
  expect(unbroken(stderr)).toMatch(/GAITWAY_TOKEN_SECRET has 5 characters, but needs at least 32/);
  expect(code).toBe(104);
});

it('a port that is taken is told with the way out', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await gaitway(['server', 'start', '--port', String(port)], { data: ownFolder() });
  expect(unbroken(stderr)).toMatch(new RegExp(`127\\.0\\.0\\.1:${port} is in use: .*--port \\(0 takes`));
  expect(code).toBe(104);
});

it('what is heavy is loaded when the work begins', async () => {
  const { env, loaded } = noteHeavyPackages();
  const words = ['server', 'start', '--port', '0', '--redis', 'redis://127.0.0.1:9'];
  expect((await gaitway(words, { env })).code).toBe(69);
  expect(loaded()).toEqual(HEAVY_PACKAGES);
});

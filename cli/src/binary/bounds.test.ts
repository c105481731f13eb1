import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Command, Config, type Interfaces } from '@oclif/core';
import { describe, expect, it } from 'vitest';
import { atDepth, gaitway, linesWiderThan, ownFolder, unbroken } from './binary.fixture.ts';
import { noteHeavyPackages } from './loaded-packages.fixture.ts';

const CLI = fileURLToPath(new URL('../..', import.meta.url));
const TARGET = ['--target', 'http://127.0.0.1:9'];
const DEVICE = ['token', 'device', '--patient', 'p1', '--device'];

describe('what is beyond a bound is refused with 104, and the bound is named', () => {
  it.each(
    atDepth(4, [
      ['more patients than there are numbers for', ['run', 'mvp', '--patients', '1000001'], /to 1000000 but/],
      ['more viewers than one process plays', ['run', 'mvp', '--viewers', '10001'], /to 10000 but/],
      ['fewer viewers than none', ['run', 'mvp', '--viewers', '-1'], /to 0 but/],
      ['more workers than make sense', ['run', 'mvp', '--workers', '257'], /to 256 but/],
      ['no worker', ['run', 'mvp', '--workers', '0'], /to 1 but/],
      ['a seed above 32 bits', ['run', 'mvp', '--seed', '4294967296'], /to 4294967295 but/],
      ['a seed that is no whole number', ['run', 'mvp', '--seed', '1.5'], /integer but received: 1\.5/],
      [
        'a run longer than a timer waits',
        ['run', 'smoke', '--dry-run', '--duration', '100000h'],
        /--duration 100000h is longer than 24d: no timer waits so long Give it 24d at most/,
      ],
      ['a fleet longer than a timer waits', ['fleet', ...TARGET, '--duration', '25d'], /longer than 24d/],
      [
        'a fleet that connects for days',
        ['fleet', ...TARGET, '--connect', '2d'],
        /--connect 2d is longer than 12h/,
      ],
      [
        'a slot that has no place in a frame',
        ['fleet', ...TARGET, '--slot', '2m', '--duration', '1h'],
        /--slot 2m is longer than 65\.535s: a frame has no place for more/,
      ],
      ['a slot just above it', ['simulate', '--slot', '65536ms'], /--slot 65536ms is longer than 65\.535s/],
      ['a slot below a millisecond', ['simulate', '--slot', '0.2ms'], /--slot 0\.2ms is shorter than 1ms/],
      [
        'a fleet shorter than its slot',
        ['fleet', ...TARGET, '--duration', '1s'],
        /--duration: .* one slot \(5 s\)/,
      ],
      ['more virtual time than is played', ['simulate', '--hours', '10001'], /above 0, and at most 10000/],
      ['virtual time without end', ['simulate', '--hours', 'Infinity'], /above 0, and at most 10000/],
      ['less virtual time than a slot', ['simulate', '--hours', '0.001'], /--hours: .* one slot \(5 s\)/],
      [
        'more readings than a device can number',
        ['simulate', '--hours', '10000', '--slot', '1ms'],
        /more readings than the 4,294,967,295 that it can number/,
      ],
      ['more virtual patients than is played', ['simulate', '--patients', '100001'], /to 100000 but/],
      ['more virtual workers than is played', ['simulate', '--workers', '65'], /to 64 but/],
      ['more partitions than are kept', ['server', 'start', '--partitions', '1025'], /to 1024 but/],
      ['a port above the last', ['server', 'start', '--port', '65536'], /to 65535 but/],
      ['more instances than ports', ['server', 'start', '--instances', '65'], /to 64 but/],
      ['a window of days', ['server', 'start', '--window-seconds', '86401'], /to 86400 but/],
      ['a device above 32 bits', [...DEVICE, '4294967296'], /to 4294967295 but/],
      ['a token for ever', [...DEVICE, '1', '--ttl', '99999d'], /--ttl 99999d is longer than 3650d/],
      ['a token for no second', [...DEVICE, '1', '--ttl', '5ms'], /--ttl 5ms is shorter than 1s/],
      ['a ward without a name', [...DEVICE, '1', '--ward', ''], /the server would refuse such a token/],
      [
        'a patient whose name is too long',
        ['token', 'viewer', '--patient', 'p'.repeat(129)],
        /the server would refuse such a token: .* names of 1 to 128 characters/,
      ],
    ]),
  )('%s', async (_, words, says) => {
    const { env, loaded } = noteHeavyPackages();
    const data = ownFolder();
    const { code, stderr } = await gaitway(words, { env, data });
    expect(unbroken(stderr)).toMatch(says);
    expect(linesWiderThan(80, stderr)).toEqual([]);
    expect(code).toBe(104);
    expect(loaded()).toEqual([]);
    // Nothing was begun, not even a secret.
    expect(readdirSync(data)).toEqual([]);
  });
});

it('no whole number that a command takes is without a least and a most', async () => {
  const config = await Config.load({ root: CLI });
  const boundless: string[] = [];
  let wholeNumbers = 0;
  for (const { id, pluginName } of config.commands) {
    if (pluginName !== '@gaitway/cli') continue;
    const command: Command.Class = await config.findCommand(id)!.load();
    for (const [name, flag] of Object.entries(command.flags)) {
      if (!(await isWholeNumber(flag))) continue;
      wholeNumbers += 1;
      const takes = await Promise.all(['-', ''].map((sign) => parses(flag, `${sign}${'9'.repeat(15)}`)));
      if (takes.includes(true)) boundless.push(`${id} --${name}`);
    }
  }
  expect(wholeNumbers).toBeGreaterThan(30);
  expect(boundless).toEqual([]);
});

type Flag = Interfaces.Flag<unknown>;

/** As its parser tells of what is none. */
async function isWholeNumber(flag: Flag): Promise<boolean> {
  if (flag.type !== 'option') return false;
  try {
    await flag.parse('x', {} as never, flag as never);
    return false;
  } catch (error) {
    return /integer/.test(String(error));
  }
}

async function parses(flag: Flag, text: string): Promise<boolean> {
  if (flag.type !== 'option') return false;
  try {
    await flag.parse(text, {} as never, flag as never);
    return true;
  } catch {
    return false;
  }
}

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server/settings';
import { describe, expect, it } from 'vitest';
import { commandName } from '../command-name.ts';
import { atDepth, gaitway, linesWiderThan } from './binary.fixture.ts';

const commands = readdirSync(fileURLToPath(new URL('../commands', import.meta.url)), { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.replace(/\.ts$/, '').split(/[\\/]/))
  .sort();

describe('the help', () => {
  it('lists every command with a summary', async () => {
    const { code, stdout } = await gaitway(['--help']);
    expect(code).toBe(0);
    for (const [first] of commands) expect(stdout).toMatch(new RegExp(`^ {2}${first} {2,}\\S`, 'm'));
  });

  it.each(
    atDepth(
      6,
      commands.map((words) => ({ words, name: words.join(' ') })),
    ),
  )('of $name has an example', async ({ words, name }) => {
    const { code, stdout } = await gaitway([...words, '--help']);
    expect(code).toBe(0);
    expect(linesWiderThan(80, stdout)).toEqual([]);
    expect(stdout).toMatch(new RegExp(`EXAMPLES\\n\\s+\\$ ${commandName()} ${name}`));
  });

  it.each([['-h'], ['help'], []].map((words) => ({ words })))('is what $words answers', async ({ words }) => {
    const [asked, usual] = await Promise.all([gaitway(words), gaitway(['--help'])]);
    expect(asked).toEqual(usual);
    expect(asked.stdout).toMatch(/Will this capacity plan hold\?/);
  });

  it('of one command is what help and its name answer', async () => {
    expect(await gaitway(['help', 'run'])).toEqual(await gaitway(['run', '--help']));
  });

  it('names the defaults that the server has', async () => {
    const { stdout } = await gaitway(['server', 'start', '--help']);
    const { host, port, partitions, roles, cacheBytesMax, retention } = SERVER_SETTINGS_DEFAULT;
    const said = stdout.replace(/\s+/g, ' ').matchAll(/ --([\w-]+)=\S+ \[default: ([^\]]+)\]/g);
    expect(Object.fromEntries([...said].map(([, flag, value]) => [flag, value]))).toMatchObject({
      ...{ host, port: String(port), partitions: String(partitions), roles: roles.join(',') },
      'cache-mib': String(cacheBytesMax / 1024 / 1024),
      'keep-windows-days': String(retention.windowsMs / 86_400_000),
    });
  });

  it('of shell completion tells how to switch it on', async () => {
    const { code, stdout } = await gaitway(['autocomplete', 'bash']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/gaitway autocomplete script bash/);
  });
});

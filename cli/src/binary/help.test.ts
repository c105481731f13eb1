import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { gaitway } from './binary.fixture.ts';

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

  it.each(commands.map((words) => ({ words, name: words.join(' ') })))(
    'of $name has an example',
    async ({ words, name }) => {
      const { code, stdout } = await gaitway([...words, '--help']);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`EXAMPLES\\n\\s+\\$ gaitway ${name}`));
    },
  );

  it('of shell completion tells how to switch it on', async () => {
    const { code, stdout } = await gaitway(['autocomplete', 'bash']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/gaitway autocomplete script bash/);
  });
});

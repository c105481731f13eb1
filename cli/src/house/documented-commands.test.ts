import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Config, Flags, Parser } from '@oclif/core';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
];

/** Every command line of a page's shell blocks, without comments, variables in front and redirections behind. */
function commandLines(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/```(?:sh|bash)?\n([\s\S]*?)```/g)].map((match) => match[1]!);
  return blocks
    .flatMap((block) => block.split('\n'))
    .map((line) =>
      line
        .replace(/\s+#.*$/, '')
        .replace(/\s+>\s*\S+$/, '')
        .replace(/^(?:[A-Z_]+=\S+\s+)+/, '')
        .trim(),
    )
    .filter((line) => line !== '');
}

describe('the documents', () => {
  const gaitway = pages.flatMap((page) =>
    commandLines(page)
      .filter((line) => /^(?:npx )?gaitway /.test(line))
      .map((line) => ({ page, line })),
  );

  it('name commands at all', () => {
    expect(gaitway.length).toBeGreaterThan(5);
  });

  it.each(gaitway)('$page: $line', async ({ line }) => {
    const config = await Config.load({ root: join(root, 'cli') });
    const words = line.replace(/^npx /, '').split(/\s+/).slice(1);
    const idLength = [2, 1].find(
      (length) => config.findCommand(words.slice(0, length).join(':')) !== undefined,
    );
    expect(idLength, `there is no command '${words.join(' ')}'`).toBeDefined();
    const command: Command.Class = await config.findCommand(words.slice(0, idLength).join(':'))!.load();
    const json = command.enableJsonFlag ? { json: Flags.boolean() } : {};
    await Parser.parse(words.slice(idLength), {
      flags: { ...command.baseFlags, ...command.flags, ...json },
      args: command.args,
      strict: true,
    });
  });

  it('name npm scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = pages.flatMap(commandLines).flatMap((line) => {
      const match = /^npm (?:run )?(\w+)/.exec(line);
      return match && !['ci', 'install'].includes(match[1]!) ? [match[1]!] : [];
    });
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it.each(pages)('%s links to files that there are', (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const targets = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!);
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !existsSync(join(root, page, '..', target)))).toEqual([]);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HEAVY_PACKAGES } from '../binary/loaded-packages.fixture.ts';
import { importsOf, ROOT } from './source-imports.fixture.ts';

interface Manifest {
  name: string;
  exports: Record<string, { default: string }>;
}

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;
const { workspaces } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  workspaces: string[];
};
const workspaceFolders = new Map(workspaces.map((folder) => [manifestOf(folder).name, folder]));

const commands = readdirSync(join(ROOT, 'cli/src/commands'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('cli/src/commands', file));

/** The source of a workspace that an import such as `@gaitway/simulator/target-address` means. */
function sourceOf(specifier: string, importer: string): string {
  if (specifier.startsWith('.')) return normalize(join(importer, '..', specifier));
  const [scope, name, ...door] = specifier.split('/');
  const folder = workspaceFolders.get(`${scope}/${name}`)!;
  const built = manifestOf(folder).exports[['.', ...door].join('/')]?.default;
  const source = built?.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
  if (source === undefined || !existsSync(join(ROOT, folder, source))) {
    throw new Error(`${importer} imports ${specifier}, and package.json of ${folder} leads to no source`);
  }
  return join(folder, source);
}

/** Packages from elsewhere that are loaded with this file; `later`: also those that its own lines load when reached. */
function packagesWith(file: string, { later }: { later: boolean }): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const waiting = [file];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const imports = importsOf(path);
    for (const specifier of later ? [...imports.first, ...imports.later] : imports.first) {
      if (specifier.startsWith('.') || specifier.startsWith('@gaitway/'))
        waiting.push(sourceOf(specifier, path));
      else packages.add(specifier);
    }
  }
  return packages;
}

const heavyIn = (packages: Set<string>) => HEAVY_PACKAGES.filter((name) => packages.has(name));

describe('a command', () => {
  it.each(commands)('%s loads neither stores nor sockets before its flags are read', (file) => {
    expect(heavyIn(packagesWith(file, { later: false }))).toEqual([]);
  });

  it('loads them when it begins its work', () => {
    expect(heavyIn(packagesWith('cli/src/commands/server/start.ts', { later: true }))).toEqual(
      HEAVY_PACKAGES,
    );
  });
});

it('the entry of the binary loads neither stores nor sockets', () => {
  expect(heavyIn(packagesWith('cli/src/main.ts', { later: false }))).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf as importsOfSource, ROOT as root } from './source-imports.fixture.ts';

const workspaces = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] })
  .workspaces;
const nameOf = (folder: string): string =>
  (JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as { name: string }).name;
const names = workspaces.map(nameOf);

function sources(folder: string): string[] {
  return readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, 'src', path));
}

/** What only tests and benchmarks use. */
const TESTING = /\.(test|suite|fixture)\.ts$|\/(testing|bench)\/|bench\.ts$/;

const importsOf = (path: string): string[] => {
  const { first, later } = importsOfSource(path);
  return [...first, ...later];
};

describe('workspaces', () => {
  it.each(workspaces.map((folder, at) => ({ folder, at })))(
    '$folder imports only from workspaces above it',
    ({ folder, at }) => {
      const above = new Set(names.slice(0, at));
      const wrong = sources(folder).flatMap((path) =>
        importsOf(path)
          .filter((from) => from.startsWith('@gaitway/') && !above.has(from.split('/').slice(0, 2).join('/')))
          .map((from) => `${path} imports ${from}`),
      );
      expect(wrong).toEqual([]);
    },
  );

  it('are referenced by tsconfig.json in the order of package.json', () => {
    const config = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
      references: { path: string }[];
    };
    expect(config.references.map(({ path }) => path)).toEqual(workspaces);
  });

  it('leave the contract without any import but its own files', () => {
    const wrong = sources(workspaces[0]!)
      .filter((path) => !path.endsWith('.test.ts') && !path.includes('.fixture.'))
      .flatMap((path) =>
        importsOf(path)
          .filter((from) => !from.startsWith('.'))
          .map((from) => `${path} imports ${from}`),
      );
    expect(wrong).toEqual([]);
  });

  it('know MongoDB only in mongo-* files, Redis only in redis-* files, sockets only in the gateway and fan-out', () => {
    const only: [package_: RegExp, files: RegExp][] = [
      [/^mongodb$/, /\/mongo-[^/]+\.ts$/],
      [/^(ioredis|bullmq)$/, /\/redis-[^/]+\.ts$/],
      [/^socket\.io$/, /\/(gateway|fanout)\/[^/]+\.ts$/],
      [/^lmdb$/, /\/lmdb-[^/]+\.ts$/],
    ];
    const wrong = workspaces
      .flatMap(sources)
      .filter((path) => !TESTING.test(path))
      .flatMap((path) =>
        importsOf(path).flatMap((from) =>
          only.some(([pattern, files]) => pattern.test(from) && !files.test(path))
            ? [`${path} imports ${from}`]
            : [],
        ),
      );
    expect(wrong).toEqual([]);
  });

  it('open no socket, file or clock in the firmware', () => {
    const wrong = sources('firmware')
      .filter((path) => !TESTING.test(path))
      .flatMap((path) =>
        importsOf(path)
          .filter((from) => from.startsWith('node:'))
          .map((from) => `${path} imports ${from}`),
      );
    expect(wrong).toEqual([]);
  });
});

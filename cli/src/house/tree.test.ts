import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { satisfies } from 'semver';
import { describe, expect, it } from 'vitest';

const OLDEST_NODE = '20.19.0';
const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Everything but what is installed, built or written by runs; without asking Git, which a user need not have. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !['node_modules', 'dist', 'coverage'].includes(name) && !name.startsWith('.'))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}
const files = filesBelow('');

describe('the tree', () => {
  it('has at its top exactly the agreed folders and the usual root files', () => {
    const agreed = ['reference-server', 'simulator', 'firmware', 'scenarios', 'dashboards', 'cli', 'docs'];
    const folders = new Set(files.filter((path) => path.includes('/')).map((path) => path.split('/')[0]!));
    expect([...folders].sort()).toEqual([...agreed].sort());
  });

  it('takes time and chance as parameters between the gateway and the fan-out, in the twin and in the fleet', () => {
    const forbidden =
      /\bDate\.now\(|\bMath\.random\(|\bperformance\.now\(|\bset(?:Timeout|Interval)\(|\bsetImmediate\(/;
    // Where the world comes in: tests and benchmarks, entries of processes, clocks, the watch over the event loop,
    // device transports over sockets, LMDB's adapters (they yield to the event loop), the time limit of connecting
    // to Redis. docs/ARCHITECTURE.md names them.
    const allowed =
      /\.(test|suite|fixture)\.ts$|\/(testing|bench)\/|bench\.ts$|-process\.ts$|\/clock\/|\/real-clock\.ts$|\/observe\/event-loop|\/(lean|official)\/|\/lmdb-[^/]+$|\/redis-connection\.ts$/;
    const wrong = files
      .filter(
        (path) =>
          /^(firmware|reference-server|simulator|scenarios|dashboards)\/.*\.ts$/.test(path) &&
          !allowed.test(path),
      )
      .filter((path) => forbidden.test(readFileSync(join(root, path), 'utf8')));
    expect(wrong).toEqual([]);
  });

  it('runs on the oldest Node that is promised: every installed package says so', () => {
    const wrong: string[] = [];
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { engines?: { node?: string } }>;
    };
    for (const [path, { engines }] of Object.entries(lock.packages)) {
      if (engines?.node && !satisfies(OLDEST_NODE, engines.node))
        wrong.push(`${path} wants Node ${engines.node}`);
    }
    expect(wrong).toEqual([]);
  });

  it('records no download addresses in the lockfile', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "https?:/);
  });

  it('gives a reason for each dependency in docs/dependencies.md', () => {
    const reasons = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
    const folders = [
      '.',
      ...(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] })
        .workspaces,
    ];
    const wanted = new Set<string>();
    for (const folder of folders) {
      const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<
        string,
        Record<string, string>
      >;
      for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
        if (!name.startsWith('@gaitway/')) wanted.add(name);
      }
    }
    expect([...wanted].filter((name) => !reasons.includes(`\`${name}\``))).toEqual([]);
  });

  it('has the usual root files', () => {
    const usual = [
      'README.md',
      'LICENSE',
      'CONTRIBUTING.md',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
    ];
    expect(usual.filter((file) => !files.includes(file))).toEqual([]);
  });
});

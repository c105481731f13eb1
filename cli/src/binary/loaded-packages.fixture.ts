import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownFolder } from './binary.fixture.ts';

/** Packages that take seconds to load on a busy machine: a wrong flag must not wait for them. */
export const HEAVY_PACKAGES = ['ioredis', 'lmdb', 'mongodb', 'socket.io'] as const;

/** Where what is loaded of each lies. LMDB itself is an ES module, which is on no list of Node; its native part is. */
const FOLDERS: Record<(typeof HEAVY_PACKAGES)[number], string> = {
  ioredis: 'ioredis/',
  lmdb: '@lmdb/',
  mongodb: 'mongodb/',
  'socket.io': 'socket.io/',
};

/** Makes a process of the binary write down, when it ends, which of them it had loaded. */
export function noteHeavyPackages(): { env: Record<string, string>; loaded: () => string[] } {
  const folder = ownFolder();
  const preload = join(folder, 'note-loaded.cjs');
  const list = join(folder, 'loaded.txt');
  writeFileSync(
    preload,
    `const { writeFileSync } = require('node:fs');
process.on('exit', () => writeFileSync(${JSON.stringify(list)}, Object.keys(require.cache).join('\\n')));
`,
  );
  return {
    env: { NODE_OPTIONS: `--require ${JSON.stringify(preload)}` },
    loaded: () => {
      const files = readFileSync(list, 'utf8').replaceAll('\\', '/');
      return HEAVY_PACKAGES.filter((name) => files.includes(`/node_modules/${FOLDERS[name]}`));
    },
  };
}

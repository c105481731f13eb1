#!/usr/bin/env node
// Runs the test suites and closes with one line that counts them. GAITWAY_TEST=full is the depth of CI:
// more seeds, and the suites of the real services.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const full = process.env.GAITWAY_TEST === 'full';
const services = [
  ['GAITWAY_REDIS_URL', 'Redis (for example redis://127.0.0.1:6379, appendonly yes)'],
  ['GAITWAY_MONGO_URL', 'MongoDB (for example mongodb://127.0.0.1:27017)'],
];
const missing = services.filter(([name]) => !process.env[name]);
if (full && missing.length > 0) {
  console.error(
    `GAITWAY_TEST=full needs ${missing.map(([name]) => name).join(' and ')}: see CONTRIBUTING.md`,
  );
  process.exit(104);
}

const result = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
if (missing.length > 0) {
  console.log(
    `Left out: the suites of ${missing.map(([, what]) => what).join(' and ')}. Set ${missing.map(([name]) => name).join(' and ')} to run them.`,
  );
}
process.exit(result.status ?? 1);

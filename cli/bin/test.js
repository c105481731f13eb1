#!/usr/bin/env node
// Runs the test suites; count-reporter.js closes with one line that counts them.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFull, missingVariables } from './services.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
if (isFull() && missingVariables().length > 0) {
  console.error(`GAITWAY_TEST=full needs ${missingVariables().join(' and ')}: see CONTRIBUTING.md`);
  process.exit(104);
}

const result = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exit(result.status ?? 1);

#!/usr/bin/env node
// Installs and builds what is missing. Plain JavaScript without dependencies: it runs before there are any.
// It is called by `npm start` and `npm test` themselves, because with `ignore-scripts=true` npm runs no pre-scripts.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const EXIT = { unreachable: 69, badInput: 104 };
const LEAST_NODE = [20, 19];

function stop(says, next, code) {
  console.error(`gaitway set-up: ${says}\n  ${next}`);
  process.exit(code);
}

function run(command, args, says) {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  if (done.error)
    stop(
      `${command} could not be started: ${done.error.message}`,
      'Is npm installed beside Node?',
      EXIT.unreachable,
    );
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout}${done.stderr}`);
    stop(
      says,
      `Mend what the lines above say, then try again. The command was: ${command} ${args.join(' ')}`,
      EXIT.unreachable,
    );
  }
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
  stop(
    `Node ${process.versions.node} is too old.`,
    `Gaitway needs Node ${LEAST_NODE.join('.')} or newer: https://nodejs.org`,
    EXIT.badInput,
  );
}

const lockHash = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const mark = join(root, 'node_modules', '.gaitway-installed');
if (!existsSync(mark) || readFileSync(mark, 'utf8') !== lockHash) {
  console.error('Installing dependencies (once; about half a minute) ...');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci'], 'the dependencies could not be installed.');
  writeFileSync(mark, lockHash);
}

if (!existsSync(join(root, 'cli', 'dist', 'index.js'))) console.error('Building (a few seconds) ...');
run(
  process.execPath,
  [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b'],
  'the sources do not build.',
);

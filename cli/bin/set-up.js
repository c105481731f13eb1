#!/usr/bin/env node
// Installs and builds what is missing. Plain JavaScript without dependencies: it runs before there are any.
// It is called by `npm start` and `npm test` themselves, because with `ignore-scripts=true` npm runs no pre-scripts.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const EXIT = { unreachable: 69, badInput: 104, interrupted: 105 };
const LEAST_NODE = [20, 19];

function stop(says, next, code) {
  console.error(`gaitway set-up: ${says}\n  ${next}`);
  process.exit(code);
}

/** Says which process sets this folder up. Not in `node_modules`, which an installation takes away. */
const LOCK = join(root, '.set-up.lock');
const LOOK_AGAIN_MS = 200;
const EMPTY_MS_MAX = 5000;

function holder() {
  try {
    const pid = Number(readFileSync(LOCK, 'utf8'));
    // It is made empty, and its number follows at once; or never, if it was killed in between.
    if (!(pid > 0))
      return Date.now() - statSync(LOCK).mtimeMs < EMPTY_MS_MAX ? 'that has just begun' : undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === 'EPERM' ? 'of another user' : undefined;
  }
}

/** Two installations at once leave a folder that neither of them meant, as when one is interrupted and begun again. */
async function lock() {
  let told = false;
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      process.on('exit', () => rmSync(LOCK, { force: true }));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') {
        stop(`${LOCK} cannot be written: ${error.message}`, 'May this user write there?', EXIT.badInput);
      }
    }
    const other = holder();
    if (other === undefined) rmSync(LOCK, { force: true });
    else if (!told) {
      console.error(`Process ${other} installs or builds here already: waiting for it ...`);
      told = true;
    }
    if (interrupted) stop('interrupted.', 'Start it again: it waits for the other.', EXIT.interrupted);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

let child;
let interrupted = false;
// What was begun is ended with us, and waited for: an installation that went on alone would be in the way of the next.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    child?.kill(interrupted ? 'SIGKILL' : 'SIGTERM');
    interrupted = true;
  });
}

async function run(command, args, says) {
  let printed = '';
  child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
  }
  const status = await new Promise((resolve) => {
    child.on('error', resolve);
    child.on('close', resolve);
  });
  if (interrupted) {
    stop('interrupted.', 'Start it again: what is half done is done anew.', EXIT.interrupted);
  }
  if (status instanceof Error)
    stop(
      `${command} could not be started: ${status.message}`,
      'Is npm installed beside Node?',
      EXIT.unreachable,
    );
  if (status !== 0) {
    process.stderr.write(printed);
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

await lock();
const lockHash = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const mark = join(root, 'node_modules', '.gaitway-installed');
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (!existsSync(mark) || readFileSync(mark, 'utf8') !== lockHash || !existsSync(compiler)) {
  console.error('Installing dependencies (once; about half a minute) ...');
  // With dev, whatever NODE_ENV says: the compiler is among them.
  await run(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['ci', '--include=dev'],
    'the dependencies could not be installed.',
  );
  if (!existsSync(compiler)) {
    stop(
      'npm ci has not installed the compiler.',
      'Run npm ci --include=dev, and see what it says.',
      EXIT.unreachable,
    );
  }
  writeFileSync(mark, lockHash);
}

if (!existsSync(join(root, 'cli', 'dist', 'index.js'))) console.error('Building (a few seconds) ...');
await run(process.execPath, [compiler, '-b'], 'the sources do not build.');

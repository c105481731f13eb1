import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BINARY, ownFolder, unbroken, until } from './binary.fixture.ts';

const SET_UP = join('cli', 'bin', 'set-up.js');
/** What `npm ci` leaves that the build needs: here a compiler that has nothing to do. */
const INSTALL = 'mkdir -p node_modules/typescript/bin && : > node_modules/typescript/bin/tsc';

/** A checkout with nothing but what sets it up, and an npm that writes down how it was called. */
class Checkout {
  readonly folder = ownFolder();
  private readonly npm = join(this.folder, 'path', 'npm');

  constructor() {
    const setUp = join(this.folder, SET_UP);
    mkdirSync(dirname(setUp), { recursive: true });
    cpSync(join(dirname(BINARY), 'set-up.js'), setUp);
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(this.folder, 'package-lock.json'), '{}');
    mkdirSync(dirname(this.npm));
    this.npmDoes(INSTALL);
  }

  npmDoes(script: string): void {
    writeFileSync(this.npm, `#!/bin/sh\necho "$@" >> calls\n${script}\n`);
    chmodSync(this.npm, 0o755);
  }

  get calls(): string {
    return readFileSync(join(this.folder, 'calls'), 'utf8');
  }

  setUp(): {
    process: ChildProcess;
    said: () => string;
    ended: Promise<{ code: number | null; says: string }>;
  } {
    const PATH = `${dirname(this.npm)}:${process.env.PATH}`;
    const child = spawn(process.execPath, [join(this.folder, SET_UP)], {
      env: { PATH, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let says = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      says += text;
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = new Promise<{ code: number | null; says: string }>((resolve) => {
      child.on('close', (code) => resolve({ code, says: unbroken(says) }));
    });
    return { process: child, said: () => says, ended };
  }
}

describe.runIf(process.platform !== 'win32')('the set-up', () => {
  it('installs once, and the compiler too where NODE_ENV is production', async () => {
    const checkout = new Checkout();
    expect(await checkout.setUp().ended).toMatchObject({ code: 0 });
    expect(checkout.calls).toBe('ci --include=dev\n');
    expect(await checkout.setUp().ended).toMatchObject({ code: 0 });
    expect(checkout.calls).toBe('ci --include=dev\n');
  });

  it('installs again where the compiler is missing', async () => {
    const checkout = new Checkout();
    await checkout.setUp().ended;
    rmSync(join(checkout.folder, 'node_modules', 'typescript'), { recursive: true });
    expect(await checkout.setUp().ended).toMatchObject({ code: 0 });
    expect(checkout.calls).toBe('ci --include=dev\nci --include=dev\n');
  });

  it('that fails shows what npm said, and tries again the next time', async () => {
    const checkout = new Checkout();
    checkout.npmDoes('echo no such registry >&2; exit 1');
    const { code, says } = await checkout.setUp().ended;
    expect(says).toMatch(/no such registry .*the dependencies could not be installed\./);
    expect(code).toBe(69);
    checkout.npmDoes(INSTALL);
    expect(await checkout.setUp().ended).toMatchObject({ code: 0 });
  });

  it('that is interrupted leaves no npm behind, and is done anew the next time', async () => {
    const checkout = new Checkout();
    const file = (name: string) => join(checkout.folder, name);
    // It is done when it has tidied up, and tells by files: it has begun, it has ended.
    checkout.npmDoes('trap "sleep 0.2; : > ended; exit 143" TERM; : > begun; while :; do sleep 0.05; done');
    const { process: setUp, ended } = checkout.setUp();
    await until(() => existsSync(file('begun')));
    setUp.kill('SIGTERM');
    const { code, says } = await ended;
    expect(existsSync(file('ended'))).toBe(true);
    expect(says).toMatch(/gaitway set-up: interrupted\. Start it again/);
    expect(code).toBe(105);
    expect(existsSync(file('node_modules'))).toBe(false);
    checkout.npmDoes(INSTALL);
    expect(await checkout.setUp().ended).toMatchObject({ code: 0 });
  });

  it('waits for another one in the same folder, and not for one that was killed', async () => {
    const checkout = new Checkout();
    const file = (name: string) => join(checkout.folder, name);
    const killed = spawnSync(process.execPath, ['--eval', '']).pid;
    writeFileSync(file('.set-up.lock'), String(killed));
    checkout.npmDoes(`: > begun; while [ ! -e go ]; do sleep 0.05; done; ${INSTALL}`);
    const first = checkout.setUp();
    await until(() => existsSync(file('begun')));
    const second = checkout.setUp();
    await until(() => second.said().includes('waiting for it'));
    writeFileSync(file('go'), '');
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await second.ended).toMatchObject({ code: 0 });
    // It found everything done.
    expect(checkout.calls).toBe('ci --include=dev\n');
    expect(existsSync(file('.set-up.lock'))).toBe(false);
  });

  it('does not take for installed what has no compiler', async () => {
    const checkout = new Checkout();
    checkout.npmDoes('mkdir -p node_modules');
    const { code, says } = await checkout.setUp().ended;
    expect(says).toMatch(/npm ci has not installed the compiler/);
    expect(code).toBe(69);
  });

  it('is what the command names where nothing is built yet', () => {
    const { folder } = new Checkout();
    const binary = join(folder, 'cli', 'bin', 'gaitway.js');
    cpSync(BINARY, binary);
    const { status, stderr } = spawnSync(process.execPath, [binary, 'run', 'mvp'], { encoding: 'utf8' });
    expect(unbroken(stderr)).toMatch(/^gaitway: it is not built yet npm start builds what is missing/);
    expect(status).toBe(104);
  });
});

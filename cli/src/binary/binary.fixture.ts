import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

export const BINARY = fileURLToPath(new URL('../../bin/gaitway.js', import.meta.url));

/** What the suites are allowed to take: `full` is the depth of CI. */
export const FULL = process.env.GAITWAY_TEST === 'full';

/** Of cases that are alike the first few; at full depth all of them. Each is a process that starts, reads and refuses. */
export const atDepth = <const T>(few: number, cases: readonly T[]): readonly T[] =>
  FULL ? cases : cases.slice(0, few);

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A folder of the test's own, gone when it is over. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The real binary, running. */
export class Gaitway {
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;
  private stdout = '';
  private stderr = '';
  private listeners: (() => void)[] = [];

  /** Started with these words; `data`: its data folder and working folder. It is killed when the test is over. */
  constructor(
    words: readonly string[],
    options: { data?: string; env?: Record<string, string>; through?: readonly string[] } = {},
  ) {
    const data = options.data ?? ownFolder();
    const [command = process.execPath, ...before] = options.through ?? [];
    const own = options.through ? [process.execPath, BINARY, ...words] : [BINARY, ...words];
    this.child = spawn(command, [...before, ...own], {
      cwd: data,
      env: { ...quietEnvironment(), GAITWAY_DATA: data, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      for (const listener of this.listeners) listener();
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      for (const listener of this.listeners) listener();
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code, signal) => {
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
    onTestFinished(async () => {
      this.child.kill('SIGKILL');
      await this.ended;
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves with what matched, when it has said it; rejects when it ended without. */
  said(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
        if (match) resolve(match);
      };
      this.listeners.push(look);
      look();
      void this.ended.then(({ code, stdout, stderr }) =>
        reject(new Error(`it ended with ${code} and never said ${pattern}:\n${stdout}\n${stderr}`)),
      );
    });
  }
}

/** Runs the binary to its end. */
export function gaitway(
  words: readonly string[],
  options: ConstructorParameters<typeof Gaitway>[1] = {},
): Promise<Ended> {
  return new Gaitway(words, options).ended;
}

/**
 * A run that is played once, before the tests of a file or of its part; its data folder is gone when they are over.
 * Told where the tests are described; its fields are there when they begin.
 */
export function playedBefore(words: readonly string[]): { data: string; stdout: string } {
  const played = { data: mkdtempSync(join(tmpdir(), 'gaitway-cli-')), stdout: '' };
  beforeAll(async () => {
    const env = { ...quietEnvironment(), GAITWAY_DATA: played.data };
    const options = { cwd: played.data, env, maxBuffer: 2 ** 26 };
    // Its exit code is its verdict, which on a busy machine may be any.
    played.stdout = await new Promise<string>((resolve) =>
      execFile(process.execPath, [BINARY, ...words], options, (_, stdout) => resolve(stdout)),
    );
  });
  afterAll(() => rmSync(played.data, { recursive: true, force: true }));
  return played;
}

/** What was said to a person, without the breaks that fit it to a width. */
export function unbroken(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

/** Lines that a terminal of this width would break; commands are there to be copied, and stay whole. */
export function linesWiderThan(columns: number, text: string): string[] {
  return text
    .split('\n')
    .filter((line) => [...line].length > columns && !/^\s+(\$ )?(npx )?gaitway /.test(line));
}

/** What a person has who has set nothing. */
function quietEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  for (const name of Object.keys(environment)) {
    if (/^(GAITWAY_|FORCE_COLOR|NO_COLOR|NODE_OPTIONS|VITEST|CI$|COLUMNS$)/.test(name))
      delete environment[name];
  }
  return environment;
}

export interface ChildOfRun {
  pid: number;
  command: string;
}

/** The processes that a process has forked, where the system tells (Linux). */
export function childrenOf(pid: number): ChildOfRun[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        if (parent !== pid) return [];
        return [
          { pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') },
        ];
      } catch {
        return [];
      }
    });
}

export function isAlive(pid: number): boolean {
  try {
    // A dead child that nobody has asked after yet is still listed.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Looks again every 20 ms until it is true; the test's own limit is the only one. */
export async function until<Value>(look: () => Value | undefined | false): Promise<Value> {
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

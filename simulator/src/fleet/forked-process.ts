import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromProcess, ToProcess } from './messages.ts';

export type ProcessModule = 'fleet/worker-process' | 'canaries/canary-process' | 'viewers/viewers-process';

/** The compiled file of a process: this module's neighbour, also when this module itself runs from its source. */
function fileOf(module: ProcessModule): string {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/' : '../';
  return fileURLToPath(new URL(`${folder}${module}.js`, import.meta.url));
}

/** A process of the generator, and the wire to it. */
export class ForkedProcess {
  /** As sentences name it. */
  readonly name: string;
  /** How it ended: `code 1`, `signal SIGKILL`, or why it could not be started. */
  readonly exited: Promise<string>;
  private readonly child: ChildProcess;

  constructor(
    name: string,
    module: ProcessModule,
    nodeArguments: readonly string[],
    take: (message: FromProcess) => void,
    processArguments: readonly string[] = [],
  ) {
    this.name = name;
    // Typed arrays and undefined pass as they are; JSON would lose them.
    this.child = fork(fileOf(module), processArguments, {
      serialization: 'advanced',
      execArgv: [...nodeArguments],
    });
    this.child.on('message', (message: FromProcess) => take(message));
    this.exited = new Promise((resolve) => {
      this.child.on('error', (error) => resolve(error.message));
      this.child.on('exit', (code, signal) => resolve(signal === null ? `code ${code}` : `signal ${signal}`));
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** A process that is gone gets nothing; its end is told by `exited`. */
  send(message: ToProcess): void {
    if (this.child.connected) this.child.send(message, () => {});
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

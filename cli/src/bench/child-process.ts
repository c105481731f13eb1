import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LEAVE_LIMIT_MS = 10_000;

/** A process of a benchmark: it is told things and answers by the type of its messages. */
export class BenchProcess {
  private readonly child: ChildProcess;
  private readonly name: string;

  /** `entry` is the address of a module; `nodeArguments` go to Node. */
  constructor(name: string, entry: string, nodeArguments: readonly string[] = []) {
    this.name = name;
    this.child = fork(fileURLToPath(entry), [], {
      execArgv: [...nodeArguments],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  tell(message: { type: string }): void {
    this.child.send(message);
  }

  /** The next message of this type. Rejects when the process says `failed` or ends. */
  heard<Answer>(type: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: { type?: string; message?: string }) => {
        if (message.type !== type && message.type !== 'failed') return;
        off();
        if (message.type === type) resolve(message as Answer);
        else reject(new Error(`${this.name}: ${message.message ?? 'failed'}`));
      };
      const onExit = (code: number | null, signal: string | null) => {
        off();
        reject(new Error(`${this.name} ended early, ${signal ?? `with code ${code}`}`));
      };
      const off = () => {
        this.child.off('message', onMessage);
        this.child.off('exit', onExit);
      };
      this.child.on('message', onMessage);
      this.child.on('exit', onExit);
    });
  }

  ask<Answer>(message: { type: string }, answerType: string): Promise<Answer> {
    const answer = this.heard<Answer>(answerType);
    this.tell(message);
    return answer;
  }

  /** Lets go of the channel, at which each of our processes leaves; one that does not is killed. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) return resolve();
      const limit = setTimeout(() => this.child.kill('SIGKILL'), LEAVE_LIMIT_MS);
      this.child.once('exit', () => {
        clearTimeout(limit);
        resolve();
      });
      if (this.child.connected) this.child.disconnect();
    });
  }
}

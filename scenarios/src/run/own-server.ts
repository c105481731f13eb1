import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@gaitway/contract';
import type {
  Durability,
  FromServerProcess,
  ProcessSample,
  ServerSettings,
  StageCpu,
  ToServerProcess,
} from '@gaitway/reference-server';

/** A server of this run could not be started, or ended while it was needed. */
export class ServerProcessFault extends Error {
  override name = 'ServerProcessFault';
  /** Name of the fault in the server process, such as `DataFolderFault`; empty for an unexpected end. */
  readonly kind: string;
  readonly code: string;

  constructor(kind: string, code: string, says: string) {
    super(says);
    this.kind = kind;
    this.code = code;
  }
}

/** What a server process used, and what it said. */
export interface ServerUsage {
  name: string;
  pid: number;
  /** Since it was ready, one a second. */
  samples: ProcessSample[];
  warnings: string[];
}

export interface OwnServerReport {
  stages: StageCpu[];
  metricsText: string;
}

export interface OwnServerOptions {
  /** Arguments of Node itself, such as `--cpu-prof`. */
  nodeArguments?: readonly string[];
  /** Aborted: the process is killed at once, also while it starts. */
  kill?: AbortSignal;
  /** Hears each warning as it comes. */
  warn?(says: string): void;
}

const STOP_LIMIT_MS = 30_000;
const WARNINGS_MAX = 100;

/** One reference server in a process of its own, as a run starts it: the generator must not share its event loop. */
export class OwnServer {
  readonly url: string;
  readonly stores: { log: string; archive: string; cache: string };
  readonly durability: Durability;
  readonly usage: ServerUsage;
  private readonly child: ChildProcess;
  private readonly clock: Clock;
  private ended: string | undefined;
  private readonly endListeners: (() => void)[] = [];
  private awaitingReport: ((report: OwnServerReport) => void)[] = [];

  private constructor(
    child: ChildProcess,
    name: string,
    ready: Extract<FromServerProcess, { type: 'ready' }>,
    usage: ServerUsage,
    clock: Clock,
  ) {
    this.child = child;
    this.clock = clock;
    this.url = ready.url;
    this.stores = ready.stores;
    this.durability = ready.durability;
    this.usage = usage;
    child.on('message', (message: FromServerProcess) => {
      if (message.type !== 'report') return;
      for (const resolve of this.awaitingReport.splice(0)) {
        resolve({ stages: message.stages, metricsText: message.metricsText });
      }
    });
    child.on('exit', (code, signal) => {
      this.ended = `server process ${name} ended ${signal ? `by ${signal}` : `with code ${code}`}`;
      for (const listener of this.endListeners) listener();
      for (const resolve of this.awaitingReport.splice(0)) resolve({ stages: [], metricsText: '' });
    });
  }

  /** Forks a server and resolves when it listens. Rejects with {@link ServerProcessFault}. */
  static start(
    name: string,
    settings: ServerSettings,
    clock: Clock,
    options: OwnServerOptions = {},
  ): Promise<OwnServer> {
    const entry = fileURLToPath(import.meta.resolve('@gaitway/reference-server/server-process'));
    const child = fork(entry, [], {
      execArgv: [...(options.nodeArguments ?? [])],
      serialization: 'advanced',
      ...(options.kill ? { signal: options.kill, killSignal: 'SIGKILL' as const } : {}),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const usage: ServerUsage = { name, pid: child.pid ?? 0, samples: [], warnings: [] };
    return new Promise((resolve, reject) => {
      child.on('message', (message: FromServerProcess) => {
        if (message.type === 'sample') usage.samples.push(message.sample);
        else if (message.type === 'warn') {
          options.warn?.(message.says);
          if (usage.warnings.length < WARNINGS_MAX) usage.warnings.push(message.says);
        } else if (message.type === 'ready') resolve(new OwnServer(child, name, message, usage, clock));
        else if (message.type === 'failed') {
          reject(new ServerProcessFault(message.name, message.code, message.message));
        }
      });
      child.on('error', (error) => reject(new ServerProcessFault('', 'not_started', error.message)));
      child.on('exit', (code, signal) => {
        reject(
          new ServerProcessFault('', 'ended', `the server process ended ${signal ?? `with code ${code}`}`),
        );
      });
      child.send({ type: 'start', settings } satisfies ToServerProcess);
    });
  }

  /** Why it is gone, if it is. */
  get endedBecause(): string | undefined {
    return this.ended;
  }

  /** Calls `listener` when the process ends without having been asked to by {@link stop}. */
  onEnd(listener: () => void): void {
    if (this.ended === undefined) this.endListeners.push(listener);
    else listener();
  }

  /** Stages and metrics so far; empty when the process is gone. */
  report(): Promise<OwnServerReport> {
    if (this.ended !== undefined || !this.child.connected)
      return Promise.resolve({ stages: [], metricsText: '' });
    return new Promise((resolve) => {
      this.awaitingReport.push(resolve);
      this.child.send({ type: 'report' } satisfies ToServerProcess);
    });
  }

  /** Lets it drain and end; kills it if it does not. */
  stop(drainMs: number): Promise<void> {
    if (this.ended !== undefined || this.child.exitCode !== null) return Promise.resolve();
    this.endListeners.length = 0;
    return new Promise((resolve) => {
      const limit = this.clock.setTimer(STOP_LIMIT_MS + drainMs, () => this.child.kill('SIGKILL'));
      this.child.once('exit', () => {
        this.clock.clearTimer(limit);
        resolve();
      });
      if (this.child.connected) this.child.send({ type: 'stop', drainMs } satisfies ToServerProcess);
      else this.child.kill('SIGTERM');
    });
  }
}

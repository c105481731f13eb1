import type { Clock, TimerHandle } from '@gaitway/contract';
import type { Meter } from '../observe/meter.ts';
import type { JobKind } from './job-kind.ts';
import { JOB_LEASE_MS, type JobQueue, type TakenJob } from './job-queue.ts';

export interface JobRunnerDeps {
  queue: JobQueue;
  /** Every kind that this process can do. */
  kinds: readonly JobKind[];
  clock: Clock;
  meter: Meter;
  warn(says: string): void;
  /** How many jobs run at once. */
  atOnceMax?: number;
  /** How often the queue is asked for what other processes have queued, or left behind. */
  pollMs?: number;
  /** How often a job that runs is renewed; well below the lease of the queue. */
  renewEveryMs?: number;
  /** The lease of the queue: a job that was not renewed for so long may be another's. */
  leaseMs?: number;
}

const USUAL = { atOnceMax: 4, pollMs: 500, renewEveryMs: JOB_LEASE_MS / 4, leaseMs: JOB_LEASE_MS };

/** Works off a queue until it is stopped. A job that fails is warned of, counted, and over. */
export class JobRunner {
  private readonly deps: Required<JobRunnerDeps>;
  private readonly kinds: Map<string, JobKind>;
  private readonly running = new Set<Promise<void>>();
  private timer: TimerHandle | undefined;
  private asking = false;
  /** Something was queued while the queue was being asked: its answer may be older. */
  private askAgain = false;
  private stopped = false;

  constructor(deps: JobRunnerDeps) {
    this.deps = { ...USUAL, ...deps };
    this.kinds = new Map(deps.kinds.map((kind) => [kind.name, kind]));
  }

  start(): void {
    this.deps.queue.onQueued(() => void this.takeSome());
    void this.takeSome();
  }

  /** Takes no more and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== undefined) this.deps.clock.clearTimer(this.timer);
    await Promise.all(this.running);
  }

  private async takeSome(): Promise<void> {
    if (this.asking) this.askAgain = true;
    if (this.asking || this.stopped) return;
    this.asking = true;
    try {
      do {
        this.askAgain = false;
        while (this.running.size < this.deps.atOnceMax && !this.stopped) {
          const taken = await this.deps.queue.take();
          if (taken === null) break;
          this.begin(taken);
        }
      } while (this.askAgain && !this.stopped);
    } catch (error) {
      this.deps.warn(`jobs: the queue does not answer: ${messageOf(error)}`);
    }
    this.asking = false;
    this.askLater();
  }

  private askLater(): void {
    if (this.stopped) return;
    const { clock, pollMs } = this.deps;
    if (this.timer !== undefined) clock.clearTimer(this.timer);
    this.timer = clock.setTimer(pollMs, () => void this.takeSome());
  }

  private begin(taken: TakenJob): void {
    const work = this.run(taken).finally(() => {
      this.running.delete(work);
      void this.takeSome();
    });
    this.running.add(work);
  }

  private async run(taken: TakenJob): Promise<void> {
    const { queue, meter, warn } = this.deps;
    const { kind: name, lane, payload } = taken.job;
    const lost = new AbortController();
    const stopRenewing = this.keepRenewing(taken, (says) => lost.abort(new Error(says)));
    const kind = this.kinds.get(name);
    try {
      if (!kind) throw new Error(`there is no kind of job '${name}' here`);
      await kind.run(payload, lost.signal);
      meter.counter('jobs', { kind: kind.name, outcome: 'done' }).add();
    } catch (error) {
      if (kind) meter.counter('jobs', { kind: kind.name, outcome: 'failed' }).add();
      warn(`jobs: ${name} of ${lane} failed: ${messageOf(error)}`);
    } finally {
      stopRenewing();
    }
    if (lost.signal.aborted) return;
    await queue.finish(taken).catch((error: unknown) => {
      warn(`jobs: ${name} of ${lane} could not be finished, and may be done again: ${messageOf(error)}`);
    });
  }

  /** Says to the queue that the job is worked on, until it is stopped; `onLost` when the job is another's, or may be. */
  private keepRenewing(taken: TakenJob, onLost: (says: string) => void): () => void {
    const { queue, clock, renewEveryMs, leaseMs } = this.deps;
    let renewedAtMs = clock.monotonicMs();
    let renewal: TimerHandle;
    const renew = () => {
      const askedAtMs = clock.monotonicMs();
      if (askedAtMs - renewedAtMs >= leaseMs) return onLost('it could not be renewed within its lease');
      renewal = clock.setTimer(renewEveryMs, renew);
      queue.renew(taken).then(
        (isOurs) => {
          if (!isOurs) return onLost('it was given to another worker');
          renewedAtMs = Math.max(renewedAtMs, askedAtMs);
        },
        () => {},
      );
    };
    renewal = clock.setTimer(renewEveryMs, renew);
    return () => clock.clearTimer(renewal);
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

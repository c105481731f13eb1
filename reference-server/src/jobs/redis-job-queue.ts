import { createHash } from 'node:crypto';
import { type Job as BullJob, createRedisBackend, ErrorCode, Queue, Worker } from 'bullmq';
import type { RedisClient } from '../stores/redis-connection.ts';
import type { RedisKeys } from '../stores/redis-keys.ts';
import { ATTEMPTS_MAX, type Enqueued, type Job, type JobQueue, type TakenJob } from './job-queue.ts';

export interface RedisJobQueueOptions {
  /** This process, which is not its instance: one that was started again under the same name is another. */
  owner: string;
  /** How many may wait and run together. Many who ask at the same moment may go beyond it by one each. */
  heldMax: number;
  /** Who is silent for so long has lost its job. */
  leaseMs: number;
  warn(says: string): void;
}

/** A job as BullMQ keeps it: with a mark of the request that it came of. */
interface Stored {
  job: Job;
  request: string;
}

/** What BullMQ says of a job that another holds by now, or that is gone. */
const LOST: ReadonlySet<unknown> = new Set([
  ErrorCode.JobNotExist,
  ErrorCode.JobLockNotExist,
  ErrorCode.JobNotInState,
  ErrorCode.JobLockMismatch,
]);

/** Its own record of what happened to jobs, which nobody here reads. */
const EVENTS_MAX = 1000;

/**
 * Jobs in Redis, between all instances, by BullMQ (decision 0009). The id of a job is its lane, so a lane has one; the
 * runner takes jobs by itself, so that it is the same for every queue. Who never takes any opens no worker.
 */
export class RedisJobQueue implements JobQueue {
  private readonly client: RedisClient;
  private readonly prefix: string;
  private readonly options: RedisJobQueueOptions;
  private readonly queue: Queue<Stored>;
  private readonly inHand = new WeakMap<TakenJob, BullJob<Stored>>();
  private worker: Worker<Stored> | undefined;
  private requests = 0;
  private listener: () => void = () => {};

  constructor(client: RedisClient, keys: RedisKeys, options: RedisJobQueueOptions) {
    this.client = client;
    this.prefix = keys.jobs();
    this.options = options;
    this.queue = new Queue(keys.jobQueue, {
      connection: client,
      prefix: this.prefix,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
      streams: { events: { maxLen: EVENTS_MAX } },
    });
    // Whoever asked hears of a failure; without a listener it would end the process.
    this.queue.on('error', () => {});
  }

  async enqueue(job: Job): Promise<Enqueued> {
    // BullMQ takes no colon in an id.
    const jobId = createHash('sha256').update(job.lane).digest('hex');
    if (await this.queue.getJob(jobId)) return 'known';
    if ((await this.held()) >= this.options.heldMax) return 'full';
    const request = `${this.options.owner} ${this.requests++}`;
    await this.queue.add(job.kind, { job, request }, { jobId });
    // Of several who ask in the same moment the first one's is kept, and BullMQ tells nobody which.
    const stored = await this.queue.getJob(jobId);
    if (stored && stored.data.request !== request) return 'known';
    this.listener();
    return 'queued';
  }

  async take(): Promise<TakenJob | null> {
    const { owner } = this.options;
    for (;;) {
      const found = await this.openWorker().getNextJob(owner, { block: false });
      if (!found) return null;
      if (found.deferredFailure === undefined) {
        const taken: TakenJob = { job: found.data.job, attempt: found.stalledCounter + 1 };
        this.inHand.set(taken, found);
        return taken;
      }
      // Its workers were silent too often: it is handed out once more, to be given up.
      await found.moveToFailed(new Error(found.deferredFailure), owner, false);
      this.options.warn(
        `jobs: ${found.name} of ${found.data.job.lane} is given up: ${found.deferredFailure}`,
      );
    }
  }

  async renew(taken: TakenJob): Promise<boolean> {
    const { owner, leaseMs } = this.options;
    return this.stillOurs(taken, (job) => job.extendLock(owner, leaseMs));
  }

  async finish(taken: TakenJob): Promise<boolean> {
    return this.stillOurs(taken, (job) => job.moveToCompleted(null, this.options.owner, false));
  }

  async held(): Promise<number> {
    const { waiting = 0, active = 0 } = await this.queue.getJobCounts('waiting', 'active');
    return waiting + active;
  }

  onQueued(listener: () => void): void {
    this.listener = listener;
  }

  /** The connection that it was given is closed by whoever opened it. */
  async close(): Promise<void> {
    await this.worker?.close(true);
    await this.queue.close();
  }

  /** Does something with a job in hand; `false`: it is somebody else's, or gone. Rejects when Redis does not answer. */
  private async stillOurs(
    taken: TakenJob,
    act: (job: BullJob<Stored>) => Promise<unknown>,
  ): Promise<boolean> {
    const job = this.inHand.get(taken);
    if (!job) return false;
    try {
      return (await act(job)) !== 0;
    } catch (error) {
      if (LOST.has((error as { code?: unknown } | null)?.code)) return false;
      throw error;
    }
  }

  private openWorker(): Worker<Stored> {
    if (this.worker) return this.worker;
    const { leaseMs, warn } = this.options;
    const options = {
      connection: this.client,
      prefix: this.prefix,
      autorun: false,
      lockDuration: leaseMs,
      stalledInterval: leaseMs / 2,
      maxStalledCount: ATTEMPTS_MAX - 1,
    };
    // Without the second connection that a worker would block on: nobody blocks here, the runner asks.
    const worker = new Worker<Stored>(this.queue.name, null, options, (name, given) =>
      createRedisBackend(name, given),
    );
    worker.on('error', (error) => warn(`jobs: ${error.message}`));
    worker.startStalledCheckTimer().catch((error: Error) => warn(`jobs: ${error.message}`));
    this.worker = worker;
    return worker;
  }
}

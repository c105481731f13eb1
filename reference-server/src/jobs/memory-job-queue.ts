import type { Enqueued, Job, JobQueue, TakenJob } from './job-queue.ts';

/** Jobs of one process, gone with it. */
export class MemoryJobQueue implements JobQueue {
  private readonly heldMax: number;
  private readonly waiting = new Map<string, Job>();
  private readonly taken = new Map<string, TakenJob>();
  private listener: () => void = () => {};

  /** `heldMax`: how many may wait and run together. */
  constructor(heldMax: number) {
    this.heldMax = heldMax;
  }

  async enqueue(job: Job): Promise<Enqueued> {
    if (this.waiting.has(job.lane) || this.taken.has(job.lane)) return 'known';
    if (this.waiting.size + this.taken.size >= this.heldMax) return 'full';
    this.waiting.set(job.lane, structuredClone(job));
    this.listener();
    return 'queued';
  }

  async take(): Promise<TakenJob | null> {
    const [first] = this.waiting;
    if (!first) return null;
    const [lane, job] = first;
    this.waiting.delete(lane);
    const taken: TakenJob = { job, attempt: 1 };
    this.taken.set(lane, taken);
    return taken;
  }

  async renew(taken: TakenJob): Promise<boolean> {
    return this.taken.get(taken.job.lane) === taken;
  }

  async finish(taken: TakenJob): Promise<boolean> {
    if (this.taken.get(taken.job.lane) !== taken) return false;
    return this.taken.delete(taken.job.lane);
  }

  async held(): Promise<number> {
    return this.waiting.size + this.taken.size;
  }

  onQueued(listener: () => void): void {
    this.listener = listener;
  }

  async close(): Promise<void> {}
}

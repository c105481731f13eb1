/** Work that nobody waits for. What it is about is in its payload, which another process may read. */
export interface Job {
  kind: string;
  /** At most one job of a lane waits or runs: that of an insight, say. */
  lane: string;
  payload: Readonly<Record<string, string | number>>;
}

/** `known`: one of its lane waits or runs already, and this one was not taken. `full`: as many wait as may. */
export type Enqueued = 'queued' | 'known' | 'full';

/** A job in somebody's hands. */
export interface TakenJob {
  job: Job;
  /** 1 for the first who took it; more when those before never finished. */
  attempt: number;
}

/** A worker that is silent for so long has lost its job, in ms. */
export const JOB_LEASE_MS = 60_000;

/** How often a job may be taken by somebody who then never finishes: after that it is given up, not to kill everyone. */
export const ATTEMPTS_MAX = 2;

/**
 * Jobs, first come first served, between those who ask and those who work. A job whose worker died is given to another
 * where the queue outlives the worker, so what a job does must be fit to be done twice. It leaves out priorities,
 * delays and repeating of failed jobs: whoever asked asks again.
 */
export interface JobQueue {
  enqueue(job: Job): Promise<Enqueued>;
  /** The next one to work on; `null`: none waits. */
  take(): Promise<TakenJob | null>;
  /** Says that somebody still works on it; `false`: it is somebody else's by now. */
  renew(taken: TakenJob): Promise<boolean>;
  /** Done or failed, its lane is free; `false`: it was somebody else's by then. */
  finish(taken: TakenJob): Promise<boolean>;
  /** How many wait or run. */
  held(): Promise<number>;
  /** Calls `listener` whenever this process has queued something. */
  onQueued(listener: () => void): void;
  close(): Promise<void>;
}

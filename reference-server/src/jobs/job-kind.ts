import type { Job } from './job-queue.ts';

/** One kind of work. It may be done twice when a worker died, and has to be fit for it. */
export interface JobKind {
  readonly name: 'insight';
  /**
   * Rejects when it failed, or when the payload is none of its own. `lost` says that the job is another's by now: what
   * is not saved yet is left to that one.
   */
  run(payload: Job['payload'], lost: AbortSignal): Promise<void>;
}

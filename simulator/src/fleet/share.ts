/**
 * Which devices a worker plays. Device `d` belongs to worker `d % workers`: every index exactly once, known
 * to each worker from (worker, workers) alone, and neighbours in connect order lie on different workers, so
 * that the connect phase loads all of them alike.
 */
export interface Share {
  /** From 0. */
  worker: number;
  workers: number;
  /** The first device that is shared out. Default: 0. */
  from?: number;
}

export function workerOf(device: number, workers: number): number {
  return device % workers;
}

/** How many of `devices` this worker plays. Throws a RangeError for a share that does not exist. */
export function shareSize(devices: number, share: Share): number {
  const { worker, workers, from = 0 } = share;
  if (
    !Number.isInteger(workers) ||
    workers < 1 ||
    !Number.isInteger(worker) ||
    worker < 0 ||
    worker >= workers
  ) {
    throw new RangeError(`there is no worker ${worker} of ${workers}`);
  }
  const first = from + worker;
  return first >= devices ? 0 : Math.floor((devices - 1 - first) / workers) + 1;
}

/** The device index of this worker's `local`-th device. */
export function deviceIndexOf(local: number, share: Share): number {
  return (share.from ?? 0) + share.worker + local * share.workers;
}

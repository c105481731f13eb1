import type { Clock, TimerHandle } from '@gaitway/contract';
import type { Lease, PartitionLeases } from './partition-leases.ts';
import type { StepFailures } from './step-failures.ts';

/** An owner of whom nothing was seen for so long has no share any more: a time-to-live for its leases, and one to come back. */
export function silentAfterMs(ttlMs: number): number {
  return 2 * ttlMs;
}

export interface HeldLease {
  lease: Lease;
  /** When it was taken, by the wall clock. */
  takenAtMs: number;
  /** When the request left that took or last renewed it, by the monotonic clock. */
  renewedAtMs: number;
}

/**
 * Keeps one owner's fair share of the partitions: renews what is held, takes what is free, gives back what
 * is too much. Renewing runs by itself, beside the processor's rounds, so that a slow archive does not cost
 * the leases; a lease that was not renewed in time by the owner's own clock counts as lost, even before the
 * store says so. What is held may change between any two steps of the processor, so the processor compares
 * what it works on with `held` instead of being told of changes, which an error could swallow. A store that
 * fails for one partition costs no other its turn.
 */
export class LeaseKeeper {
  private readonly leases: PartitionLeases;
  private readonly clock: Clock;
  private readonly failures: StepFailures;
  private readonly owner: string;
  private readonly partitions: number;
  private readonly ttlMs: number;
  private readonly leasesHeld = new Map<number, HeldLease>();
  private balancedAtMs = Number.NEGATIVE_INFINITY;
  private timer: TimerHandle | undefined;

  constructor(
    leases: PartitionLeases,
    clock: Clock,
    failures: StepFailures,
    options: { owner: string; partitions: number; ttlMs: number },
  ) {
    this.leases = leases;
    this.clock = clock;
    this.failures = failures;
    this.owner = options.owner;
    this.partitions = options.partitions;
    this.ttlMs = options.ttlMs;
  }

  start(): void {
    this.timer = this.clock.setTimer(this.ttlMs / 3, () => {
      // Not once all are renewed: one that the store never answers must not be the end of the others.
      this.start();
      void this.renew();
    });
  }

  stop(): void {
    if (this.timer !== undefined) this.clock.clearTimer(this.timer);
    this.timer = undefined;
  }

  /** The leases that are this owner's now, by partition: without those that were not renewed in time. */
  get held(): ReadonlyMap<number, Readonly<HeldLease>> {
    const nowMs = this.clock.monotonicMs();
    for (const [partition, { renewedAtMs }] of this.leasesHeld) {
      if (nowMs - renewedAtMs > this.ttlMs) this.leasesHeld.delete(partition);
    }
    return this.leasesHeld;
  }

  /**
   * Takes what is free, and lets go of what was not renewed in time. Call it in every round; it asks the store
   * about three times per time-to-live. Returns the partitions held beyond this owner's share: to be committed
   * and released, so that another can take them.
   */
  async balance(): Promise<number[]> {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.balancedAtMs < this.ttlMs / 3) return [];
    this.balancedAtMs = nowMs;
    const share = await this.share();
    if (share === undefined) return [];
    for (let partition = 0; partition < this.partitions && this.held.size < share; partition++) {
      if (this.leasesHeld.has(partition)) continue;
      const renewedAtMs = this.clock.monotonicMs();
      const takenAtMs = this.clock.epochMs();
      const lease = await this.failures.attempt('acquire', partition, () =>
        this.leases.acquire(partition, this.owner, this.ttlMs),
      );
      if (lease) this.leasesHeld.set(partition, { lease, takenAtMs, renewedAtMs });
    }
    return [...this.leasesHeld.keys()].slice(0, Math.max(0, this.leasesHeld.size - share));
  }

  /** The store said that another owns it: it is not ours any more. */
  forget(partition: number): void {
    this.leasesHeld.delete(partition);
  }

  /** Gives a partition back; with a store that cannot be reached its lease runs out instead. */
  async release(partition: number): Promise<void> {
    const entry = this.leasesHeld.get(partition);
    this.leasesHeld.delete(partition);
    if (entry) await this.failures.attempt('release', partition, () => this.leases.release(entry.lease));
  }

  async releaseAll(): Promise<void> {
    for (const partition of [...this.leasesHeld.keys()]) await this.release(partition);
    this.balancedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** How many partitions are this owner's by right; `undefined`: nobody could tell, and all stays as it is. */
  private async share(): Promise<number | undefined> {
    try {
      const owners = await this.leases.owners(this.owner, silentAfterMs(this.ttlMs));
      return Math.ceil(this.partitions / Math.max(1, owners.length));
    } catch (error) {
      this.failures.note('owners', error);
      return undefined;
    }
  }

  private async renew(): Promise<void> {
    await Promise.all([...this.held.values()].map((entry) => this.renewOne(entry)));
  }

  /** Of a store that does not answer nothing follows: the lease stands until its time is over. */
  private async renewOne(entry: HeldLease): Promise<void> {
    const { partition } = entry.lease;
    const askedAtMs = this.clock.monotonicMs();
    const renewed = await this.failures.attempt('renew', partition, () =>
      this.leases.renew(entry.lease, this.ttlMs),
    );
    if (renewed === undefined || this.leasesHeld.get(partition) !== entry) return;
    if (renewed) entry.renewedAtMs = Math.max(entry.renewedAtMs, askedAtMs);
    else this.leasesHeld.delete(partition);
  }
}

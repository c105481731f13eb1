import type { Clock, TimerHandle } from '@gaitway/contract';
import type { Lease, PartitionLeases } from './partition-leases.ts';

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
 * what it works on with `held` instead of being told of changes, which an error could swallow.
 */
export class LeaseKeeper {
  private readonly leases: PartitionLeases;
  private readonly clock: Clock;
  private readonly owner: string;
  private readonly partitions: number;
  private readonly ttlMs: number;
  private readonly leasesHeld = new Map<number, HeldLease>();
  private balancedAtMs = Number.NEGATIVE_INFINITY;
  private timer: TimerHandle | undefined;

  constructor(
    leases: PartitionLeases,
    clock: Clock,
    options: { owner: string; partitions: number; ttlMs: number },
  ) {
    this.leases = leases;
    this.clock = clock;
    this.owner = options.owner;
    this.partitions = options.partitions;
    this.ttlMs = options.ttlMs;
  }

  start(): void {
    this.timer = this.clock.setTimer(this.ttlMs / 3, () => {
      void this.renew().then(() => {
        if (this.timer !== undefined) this.start();
      });
    });
  }

  stop(): void {
    if (this.timer !== undefined) this.clock.clearTimer(this.timer);
    this.timer = undefined;
  }

  /** The leases that are this owner's now, by partition. */
  get held(): ReadonlyMap<number, Readonly<HeldLease>> {
    return this.leasesHeld;
  }

  /**
   * Takes what is free, and lets go of what was not renewed in time. Call it in every round; it asks the store
   * about three times per time-to-live. Returns the partitions held beyond this owner's share: to be committed
   * and released, so that another can take them. Rejects with the store's error; what it took until then is held.
   */
  async balance(): Promise<number[]> {
    const nowMs = this.clock.monotonicMs();
    for (const [partition, { renewedAtMs }] of this.leasesHeld) {
      if (nowMs - renewedAtMs > this.ttlMs) this.leasesHeld.delete(partition);
    }
    if (nowMs - this.balancedAtMs < this.ttlMs / 3) return [];
    this.balancedAtMs = nowMs;
    const owners = await this.leases.owners(this.owner, 2 * this.ttlMs);
    const share = Math.ceil(this.partitions / Math.max(1, owners.length));
    for (let partition = 0; partition < this.partitions && this.leasesHeld.size < share; partition++) {
      if (this.leasesHeld.has(partition)) continue;
      const renewedAtMs = this.clock.monotonicMs();
      const takenAtMs = this.clock.epochMs();
      const lease = await this.leases.acquire(partition, this.owner, this.ttlMs);
      if (lease) this.leasesHeld.set(partition, { lease, takenAtMs, renewedAtMs });
    }
    return [...this.leasesHeld.keys()].slice(0, Math.max(0, this.leasesHeld.size - share));
  }

  /** The store said that another owns it: it is not ours any more. */
  forget(partition: number): void {
    this.leasesHeld.delete(partition);
  }

  async release(partition: number): Promise<void> {
    const entry = this.leasesHeld.get(partition);
    this.leasesHeld.delete(partition);
    if (entry) await this.leases.release(entry.lease);
  }

  /** Gives everything back; a store that cannot be reached lets the leases run out instead. */
  async releaseAll(): Promise<void> {
    for (const partition of [...this.leasesHeld.keys()]) await this.release(partition).catch(() => {});
    this.balancedAtMs = Number.NEGATIVE_INFINITY;
  }

  private async renew(): Promise<void> {
    for (const [partition, entry] of [...this.leasesHeld]) {
      const askedAtMs = this.clock.monotonicMs();
      try {
        const renewed = await this.leases.renew(entry.lease, this.ttlMs);
        if (this.leasesHeld.get(partition) !== entry) continue;
        if (renewed) entry.renewedAtMs = askedAtMs;
        else this.leasesHeld.delete(partition);
      } catch {
        // The store does not answer: the lease stands until its time is over.
      }
    }
  }
}

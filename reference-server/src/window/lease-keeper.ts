import type { Clock, TimerHandle } from '@gaitway/contract';
import type { Lease, PartitionLeases } from './partition-leases.ts';

export interface OwnershipChange {
  gained: Lease[];
  lost: number[];
  /** Held beyond this owner's share: to be committed and released, so that another can take them. */
  surplus: number[];
}

/**
 * Keeps one owner's fair share of the partitions: renews what is held, takes what is free, gives back what
 * is too much. Renewing runs by itself, beside the processor's rounds, so that a slow archive does not cost
 * the leases; a lease that was not renewed in time by the owner's own clock counts as lost, even before the
 * store says so.
 */
export class LeaseKeeper {
  private readonly leases: PartitionLeases;
  private readonly clock: Clock;
  private readonly owner: string;
  private readonly partitions: number;
  private readonly ttlMs: number;
  private readonly held = new Map<number, { lease: Lease; renewedAtMs: number }>();
  private lost: number[] = [];
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

  /** What changed since the last call. Call it in every round; it asks the store about three times per time-to-live. */
  async balance(): Promise<OwnershipChange> {
    const nowMs = this.clock.monotonicMs();
    for (const [partition, { renewedAtMs }] of this.held) {
      if (nowMs - renewedAtMs > this.ttlMs) this.lose(partition);
    }
    const change: OwnershipChange = { gained: [], lost: this.lost.splice(0), surplus: [] };
    if (nowMs - this.balancedAtMs < this.ttlMs / 3) return change;
    this.balancedAtMs = nowMs;
    const owners = await this.leases.owners(this.owner, 2 * this.ttlMs);
    const share = Math.ceil(this.partitions / Math.max(1, owners.length));
    for (let partition = 0; partition < this.partitions && this.held.size < share; partition++) {
      if (this.held.has(partition)) continue;
      const askedAtMs = this.clock.monotonicMs();
      const lease = await this.leases.acquire(partition, this.owner, this.ttlMs);
      if (!lease) continue;
      this.held.set(partition, { lease, renewedAtMs: askedAtMs });
      change.gained.push(lease);
    }
    for (const partition of this.held.keys()) {
      if (this.held.size - change.surplus.length <= share) break;
      change.surplus.push(partition);
    }
    return change;
  }

  /** The store said that another owns it: it is not ours any more. */
  forget(partition: number): void {
    this.held.delete(partition);
  }

  async release(partition: number): Promise<void> {
    const entry = this.held.get(partition);
    this.held.delete(partition);
    if (entry) await this.leases.release(entry.lease);
  }

  /** Gives everything back; a store that cannot be reached lets the leases run out instead. */
  async releaseAll(): Promise<void> {
    for (const partition of [...this.held.keys()]) await this.release(partition).catch(() => {});
    this.balancedAtMs = Number.NEGATIVE_INFINITY;
  }

  private async renew(): Promise<void> {
    for (const [partition, entry] of [...this.held]) {
      const askedAtMs = this.clock.monotonicMs();
      try {
        const renewed = await this.leases.renew(entry.lease, this.ttlMs);
        if (this.held.get(partition) !== entry) continue;
        if (renewed) entry.renewedAtMs = askedAtMs;
        else this.lose(partition);
      } catch {
        // The store does not answer: the lease stands until its time is over.
      }
    }
  }

  private lose(partition: number): void {
    this.held.delete(partition);
    this.lost.push(partition);
  }
}

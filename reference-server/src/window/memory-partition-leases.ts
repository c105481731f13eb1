import type { Clock } from '@gaitway/contract';
import type { Lease, PartitionLeases } from './partition-leases.ts';

interface Held {
  owner: string;
  epoch: number;
  /** By the monotonic clock. */
  endsAtMs: number;
}

/** Leases among the parts of one process. Several processors of a simulation share one of these. */
export class MemoryPartitionLeases implements PartitionLeases {
  private readonly clock: Clock;
  private readonly held = new Map<number, Held>();
  private readonly epochs: Map<number, number>;
  private readonly seenAtMs = new Map<string, number>();

  /** `epochs`: the last one that was given of each partition, if any was before. */
  constructor(clock: Clock, epochs: ReadonlyMap<number, number> = new Map()) {
    this.clock = clock;
    this.epochs = new Map(epochs);
  }

  async acquire(partition: number, owner: string, ttlMs: number): Promise<Lease | null> {
    const nowMs = this.clock.monotonicMs();
    const held = this.held.get(partition);
    if (held && held.owner !== owner && nowMs < held.endsAtMs) return null;
    const epoch = (this.epochs.get(partition) ?? 0) + 1;
    this.epochs.set(partition, epoch);
    this.held.set(partition, { owner, epoch, endsAtMs: nowMs + ttlMs });
    return { partition, owner, epoch };
  }

  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    const nowMs = this.clock.monotonicMs();
    const held = this.held.get(lease.partition);
    if (held?.epoch !== lease.epoch || nowMs >= held.endsAtMs) return false;
    held.endsAtMs = nowMs + ttlMs;
    return true;
  }

  async release(lease: Lease): Promise<void> {
    if (this.held.get(lease.partition)?.epoch === lease.epoch) this.held.delete(lease.partition);
  }

  async owners(owner: string, withinMs: number): Promise<string[]> {
    const nowMs = this.clock.monotonicMs();
    this.seenAtMs.set(owner, nowMs);
    const seen: string[] = [];
    for (const [name, atMs] of this.seenAtMs) if (nowMs - atMs <= withinMs) seen.push(name);
    return seen.sort();
  }
}

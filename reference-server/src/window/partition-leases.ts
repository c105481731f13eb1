/** The right to process one partition, for a while. A later owner has a higher epoch, for ever. */
export interface Lease {
  partition: number;
  owner: string;
  epoch: number;
}

/**
 * Who processes which partition. A lease that is not renewed within `ttlMs` may be taken by another
 * owner; the epoch then grows by one. What it leaves out: it does not stop the old owner; the archive
 * and the log refuse writes of a lower epoch.
 */
export interface PartitionLeases {
  /** The lease, if nobody else holds it; `null` otherwise. */
  acquire(partition: number, owner: string, ttlMs: number): Promise<Lease | null>;
  /** `false`: it was lost. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
  /** Owners that were seen within the last `withinMs`, this one included: how many share the partitions. */
  owners(owner: string, withinMs: number): Promise<string[]>;
}

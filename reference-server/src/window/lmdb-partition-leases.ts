import type { Clock } from '@gaitway/contract';
import type { Database } from 'lmdb';
import type { LmdbEnvironment } from '../stores/lmdb-environment.ts';
import { MemoryPartitionLeases } from './memory-partition-leases.ts';
import type { Lease, PartitionLeases } from './partition-leases.ts';

/**
 * Leases on embedded stores. Only one process opens a data folder, so that leases themselves end with it
 * and live in memory; epochs are kept, so that they grow across restarts.
 */
export class LmdbPartitionLeases implements PartitionLeases {
  private readonly environment: LmdbEnvironment;
  private readonly epochs: Database<number, number>;
  private readonly leases: MemoryPartitionLeases;

  constructor(environment: LmdbEnvironment, clock: Clock) {
    this.environment = environment;
    this.epochs = environment.database('lease-epochs', { encoding: 'msgpack' });
    const given = new Map<number, number>();
    for (const { key, value } of this.epochs.getRange({})) given.set(key, value);
    this.leases = new MemoryPartitionLeases(clock, given);
  }

  /** Resolves once the epoch is stored: no later process can give it again. */
  async acquire(partition: number, owner: string, ttlMs: number): Promise<Lease | null> {
    const lease = await this.leases.acquire(partition, owner, ttlMs);
    if (lease) await this.environment.batch((batch) => batch.put(this.epochs, partition, lease.epoch));
    return lease;
  }

  renew(lease: Lease, ttlMs: number): Promise<boolean> {
    return this.leases.renew(lease, ttlMs);
  }

  release(lease: Lease): Promise<void> {
    return this.leases.release(lease);
  }

  owners(owner: string, withinMs: number): Promise<string[]> {
    return this.leases.owners(owner, withinMs);
  }
}

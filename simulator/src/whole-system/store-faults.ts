import { uniform } from '@gaitway/contract';
import type {
  AppendBatch,
  Lease,
  LogEntry,
  LogPosition,
  PartitionLeases,
  Progress,
  ReadingLog,
  Watermark,
} from '@gaitway/reference-server';
import { standIn } from './stand-in.ts';

const STREAM = {
  forgotten: 0x666f7267,
  acquire: 0x61637175,
  progressOf: 0x70726f67,
  read: 0x72656164,
  commit: 0x636f6d6d,
} as const;

/** What a processor asks its stores for, and can be refused. */
export const STORE_CALLS = ['acquire', 'progressOf', 'read', 'commit'] as const;
export type StoreCall = (typeof STORE_CALLS)[number];

export const NO_STORE_ERRORS: Readonly<Record<StoreCall, number>> = {
  acquire: 0,
  progressOf: 0,
  read: 0,
  commit: 0,
};

/** Processors' calls to their stores that fail now and then: half of them before the store did anything, half after. */
export class StoreErrors {
  private readonly seed: number;
  private readonly calls: Record<StoreCall, number> = { ...NO_STORE_ERRORS };
  /** Share of calls that fail, 0 to 1. */
  shares = NO_STORE_ERRORS;
  /** How many failed. */
  readonly counts: Record<StoreCall, number> = { ...NO_STORE_ERRORS };

  constructor(seed: number) {
    this.seed = seed;
  }

  /** The log as a processor sees it. */
  logOf(log: ReadingLog): ReadingLog {
    return standIn(log, {
      progressOf: (partition) => this.through('progressOf', () => log.progressOf(partition)),
      read: (from, limit) => this.through('read', () => log.read(from, limit)),
      commit: (partition, epoch, progress) =>
        this.through('commit', () => log.commit(partition, epoch, progress)),
    });
  }

  /** The leases as a processor sees them. */
  leasesOf(leases: PartitionLeases): PartitionLeases {
    return standIn(leases, {
      acquire: (partition, owner, ttlMs) =>
        this.through('acquire', () => leases.acquire(partition, owner, ttlMs)),
    });
  }

  private async through<Answer>(call: StoreCall, ask: () => Promise<Answer>): Promise<Answer> {
    const share = this.shares[call];
    const draw = share === 0 ? 1 : uniform(this.seed, STREAM[call], this.calls[call]++);
    if (draw >= share) return ask();
    this.counts[call] += 1;
    if (draw >= share / 2) await ask();
    throw new Error(`${call}: the store did not answer (a fault of the simulation)`);
  }
}

/**
 * A reading log that now and then keeps a batch and then fails, as a store does whose answer got lost: what
 * was kept is unknown to the gateway, which tells its devices to send again.
 */
export class ForgetfulLog implements ReadingLog {
  private readonly log: ReadingLog;
  private readonly seed: number;
  private appends = 0;
  /** Share of appends whose answer gets lost, 0 to 1. */
  failureShare = 0;
  failures = 0;

  constructor(log: ReadingLog, seed: number) {
    this.log = log;
    this.seed = seed;
  }

  get partitions(): number {
    return this.log.partitions;
  }

  get durability(): ReadingLog['durability'] {
    return this.log.durability;
  }

  async append(batch: AppendBatch): Promise<void> {
    await this.log.append(batch);
    if (this.failureShare === 0 || uniform(this.seed, STREAM.forgotten, this.appends++) >= this.failureShare)
      return;
    this.failures += 1;
    throw new Error('the answer of the log was lost after it had kept the batch (a fault of the simulation)');
  }

  watermarksOf(devices: readonly number[]): Promise<Map<number, Watermark>> {
    return this.log.watermarksOf(devices);
  }

  read(
    from: readonly { partition: number; after: LogPosition | null }[],
    limit: number,
  ): Promise<Map<number, LogEntry[]>> {
    return this.log.read(from, limit);
  }

  appendCloseOpen(receivedAtMs: number): Promise<Map<number, LogPosition>> {
    return this.log.appendCloseOpen(receivedAtMs);
  }

  progressOf(partition: number): Promise<Progress | null> {
    return this.log.progressOf(partition);
  }

  commit(partition: number, epoch: number, progress: Progress): Promise<boolean> {
    return this.log.commit(partition, epoch, progress);
  }

  trim(partition: number): Promise<void> {
    return this.log.trim(partition);
  }

  entriesHeld(): Promise<number> {
    return this.log.entriesHeld();
  }

  close(): Promise<void> {
    return this.log.close();
  }
}

/** Leases that can be lost without a pause of their owner, as when the store that keeps them forgets one. */
export class LosableLeases implements PartitionLeases {
  private readonly leases: PartitionLeases;
  private readonly given = new Map<number, Lease>();
  losses = 0;

  constructor(leases: PartitionLeases) {
    this.leases = leases;
  }

  /** The owner of this partition goes on until it next renews; meanwhile anybody may take it. */
  async lose(partition: number): Promise<void> {
    const lease = this.given.get(partition);
    if (lease === undefined) return;
    this.losses += 1;
    await this.leases.release(lease);
  }

  async acquire(partition: number, owner: string, ttlMs: number): Promise<Lease | null> {
    const lease = await this.leases.acquire(partition, owner, ttlMs);
    if (lease) this.given.set(partition, lease);
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

import type { Clock, WindowDocument } from '@gaitway/contract';
import type { SaveOutcome } from '../archive/archive.ts';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { MemoryReadingLog } from '../ingest/memory-reading-log.ts';
import type { LogEntry, LogPosition, Progress } from '../ingest/reading-log.ts';
import { MemoryPartitionLeases } from './memory-partition-leases.ts';
import type { Lease } from './partition-leases.ts';
import type { ProcessorStep } from './processor-meters.ts';

/** What the stores of these tests refuse: a step, and of which partitions. */
export class Refusals {
  private readonly partitions = new Map<ProcessorStep, readonly number[]>();

  refuse(step: ProcessorStep, ...partitions: number[]): void {
    this.partitions.set(step, partitions);
  }

  clear(): void {
    this.partitions.clear();
  }

  check(step: ProcessorStep, partition = 0): void {
    if (this.partitions.get(step)?.includes(partition)) throw new Error(`no ${step} today`);
  }
}

export class RefusingLog extends MemoryReadingLog {
  private readonly refusals: Refusals;
  readonly trimmed = new Set<number>();

  constructor(refusals: Refusals) {
    super({ partitions: 2, entriesMax: 1000 });
    this.refusals = refusals;
  }

  override async progressOf(partition: number): Promise<Progress | null> {
    this.refusals.check('begin', partition);
    return this.committed(partition);
  }

  /** What a test asks for, which is never refused. */
  committed(partition: number): Promise<Progress | null> {
    return super.progressOf(partition);
  }

  override async read(
    from: readonly { partition: number; after: LogPosition | null }[],
    limit: number,
  ): Promise<Map<number, LogEntry[]>> {
    this.refusals.check('read');
    return super.read(from, limit);
  }

  override async commit(partition: number, epoch: number, progress: Progress): Promise<boolean> {
    this.refusals.check('commit', partition);
    return super.commit(partition, epoch, progress);
  }

  override async trim(partition: number): Promise<void> {
    this.refusals.check('trim', partition);
    this.trimmed.add(partition);
    return super.trim(partition);
  }
}

export class RefusingLeases extends MemoryPartitionLeases {
  private readonly refusals: Refusals;
  /** Partitions whose renewal is never answered. */
  readonly silent = new Set<number>();
  /** Partitions that somebody else has taken meanwhile. */
  readonly taken = new Set<number>();

  constructor(clock: Clock, refusals: Refusals) {
    super(clock);
    this.refusals = refusals;
  }

  override async owners(owner: string, withinMs: number): Promise<string[]> {
    this.refusals.check('owners');
    return super.owners(owner, withinMs);
  }

  override async acquire(partition: number, owner: string, ttlMs: number): Promise<Lease | null> {
    this.refusals.check('acquire', partition);
    return this.taken.has(partition) ? null : super.acquire(partition, owner, ttlMs);
  }

  override async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    this.refusals.check('renew', lease.partition);
    if (this.silent.has(lease.partition)) return new Promise(() => {});
    return !this.taken.has(lease.partition) && super.renew(lease, ttlMs);
  }
}

export class RefusingArchive extends MemoryArchive {
  private readonly refusals: Refusals;

  constructor(refusals: Refusals) {
    super();
    this.refusals = refusals;
  }

  override async saveWindows(windows: readonly WindowDocument[]): Promise<SaveOutcome[]> {
    this.refusals.check('archive');
    return super.saveWindows(windows);
  }
}

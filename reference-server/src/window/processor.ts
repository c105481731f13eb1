import type { Clock, TimerHandle } from '@gaitway/contract';
import { alertsOfEvent } from '../alert/rules.ts';
import type { Archive } from '../archive/archive.ts';
import type { FanOut } from '../fanout/fan-out.ts';
import type { ReadingLog } from '../ingest/reading-log.ts';
import type { Meter } from '../observe/meter.ts';
import type { StageTimer } from '../observe/stage-timer.ts';
import { DocumentWriter, type PartitionWork } from './document-writer.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import type { Lease, PartitionLeases } from './partition-leases.ts';
import { type PartitionSettings, PartitionWindows } from './partition-windows.ts';
import { ProcessorMeters } from './processor-meters.ts';

export interface ProcessorSettings extends PartitionSettings {
  leaseTtlMs: number;
  /** How long to wait before looking again when nothing was there. */
  pollMs: number;
  /** Progress is committed this often, and the log trimmed at every tenth commit. */
  commitEveryMs: number;
  /** Entries per partition and read. */
  readEntriesMax: number;
}

export const PROCESSOR_SETTINGS_DEFAULT = {
  idleGraceMs: 1000,
  pollMs: 50,
  commitEveryMs: 1000,
  readEntriesMax: 64,
} as const;

export interface ProcessorDeps {
  instance: string;
  log: ReadingLog;
  leases: PartitionLeases;
  archive: Archive;
  fanOut: FanOut;
  clock: Clock;
  meter: Meter;
  stages: StageTimer;
  settings: ProcessorSettings;
  /** Told what went wrong; the processor goes on. */
  warn(says: string): void;
}

interface Owned {
  epoch: number;
  windows: PartitionWindows;
  /** Everything that was appended until then has been read, by the wall clock. */
  readThroughMs: number;
  committedAtMs: number;
  commits: number;
}

/**
 * Reads the partitions it holds leases of, folds readings into windows, archives what is due, tells
 * viewers, and then commits how far it got. In that order: a crash between any two repeats work, and
 * repeats change nothing.
 */
export class Processor {
  private readonly deps: ProcessorDeps;
  private readonly keeper: LeaseKeeper;
  private readonly writer: DocumentWriter;
  private readonly meters: ProcessorMeters;
  private readonly owned = new Map<number, Owned>();
  private timer: TimerHandle | undefined;
  private running = false;
  private stopped: (() => void) | undefined;

  constructor(deps: ProcessorDeps) {
    this.deps = deps;
    this.meters = new ProcessorMeters(deps.meter);
    this.writer = new DocumentWriter(deps, this.meters);
    this.keeper = new LeaseKeeper(deps.leases, deps.clock, {
      owner: deps.instance,
      partitions: deps.log.partitions,
      ttlMs: deps.settings.leaseTtlMs,
    });
  }

  start(): void {
    this.running = true;
    this.keeper.start();
    this.schedule(0);
  }

  /** Ends after the round that is under way, commits what it may, and gives the leases back. */
  async stop(): Promise<void> {
    this.running = false;
    this.writer.stopping = true;
    if (this.timer !== undefined) {
      this.deps.clock.clearTimer(this.timer);
      this.timer = undefined;
    } else {
      await new Promise<void>((resolve) => {
        this.stopped = resolve;
      });
    }
    for (const [partition, owned] of this.owned) await this.commit(partition, owned).catch(() => {});
    this.owned.clear();
    this.keeper.stop();
    await this.keeper.releaseAll();
  }

  private schedule(delayMs: number): void {
    this.timer = this.deps.clock.setTimer(delayMs, () => {
      this.timer = undefined;
      void this.round();
    });
  }

  private async round(): Promise<void> {
    let found = false;
    try {
      await this.adjustOwnership();
      found = await this.work();
    } catch (error) {
      this.deps.warn(`processor round failed, tried again: ${textOf(error)}`);
      this.reportLag(this.deps.clock.epochMs());
    }
    if (this.running) this.schedule(found ? 0 : this.deps.settings.pollMs);
    else this.stopped?.();
  }

  private async adjustOwnership(): Promise<void> {
    const surplus = await this.keeper.balance();
    for (const [partition, { epoch }] of this.owned) {
      if (this.keeper.held.get(partition)?.lease.epoch === epoch) continue;
      this.owned.delete(partition);
      this.meters.leasesLost.add();
    }
    await this.beginHeld();
    for (const partition of surplus) {
      const owned = this.owned.get(partition);
      if (owned) await this.commit(partition, owned);
      this.owned.delete(partition);
      await this.keeper.release(partition);
    }
  }

  /**
   * Begins every partition that is held and not worked on, however that came about: one that failed to begin
   * would otherwise be renewed for ever and read by nobody. It is tried again in each round, and keeps no other
   * from beginning.
   */
  private async beginHeld(): Promise<void> {
    const idle = [...this.keeper.held.values()].filter(({ lease }) => !this.owned.has(lease.partition));
    if (idle.length === 0) return;
    const begun = await Promise.allSettled(idle.map(({ lease, takenAtMs }) => this.begin(lease, takenAtMs)));
    const failures = begun.filter((outcome) => outcome.status === 'rejected');
    if (failures.length === 0) return;
    this.deps.warn(
      `${failures.length} of ${idle.length} partitions could not be begun, tried again: ${textOf(failures[0]!.reason)}`,
    );
  }

  private async begin({ partition, epoch }: Lease, takenAtMs: number): Promise<void> {
    const { log, settings, clock } = this.deps;
    const progress = await log.progressOf(partition);
    this.owned.set(partition, {
      epoch,
      windows: new PartitionWindows(partition, settings, progress, this.writer.stages),
      readThroughMs: takenAtMs,
      committedAtMs: clock.monotonicMs(),
      commits: 0,
    });
  }

  /** One round over all owned partitions. `true`: there was something to read. */
  private async work(): Promise<boolean> {
    const { log, clock, settings } = this.deps;
    const from = [...this.owned].map(([partition, { windows }]) => ({ partition, after: windows.after }));
    if (from.length === 0) {
      this.reportLag(clock.epochMs());
      return false;
    }
    const found = await log.read(from, settings.readEntriesMax);
    const nowMs = clock.epochMs();
    let any = false;
    const due: PartitionWork[] = [];
    for (const [partition, owned] of this.owned) {
      const entries = found.get(partition) ?? [];
      for (const entry of entries) owned.windows.fold(entry);
      if (entries.length > 0) any = true;
      const caughtUp = entries.length < settings.readEntriesMax;
      owned.readThroughMs = caughtUp ? nowMs : entries.at(-1)!.receivedAtMs;
      due.push({ partition, epoch: owned.epoch, work: owned.windows.takeDue(nowMs, caughtUp) });
    }
    this.reportLag(nowMs);
    try {
      await this.archiveDue(due);
    } catch (error) {
      // What was due left the windows and did not reach the archive. It is still in the log: begin again there.
      this.owned.clear();
      await this.keeper.releaseAll();
      throw error;
    }
    await this.commitDue();
    this.meters.report([...this.owned.values()].map(({ windows }) => windows));
    return any;
  }

  /** Over all that is held: a partition that could not be begun has been waiting at least since it was taken. */
  private reportLag(nowMs: number): void {
    let oldestUnreadMs = nowMs;
    for (const [partition, { takenAtMs }] of this.keeper.held) {
      oldestUnreadMs = Math.min(oldestUnreadMs, this.owned.get(partition)?.readThroughMs ?? takenAtMs);
    }
    this.meters.lag.set((nowMs - oldestUnreadMs) / 1000);
  }

  private async archiveDue(due: readonly PartitionWork[]): Promise<void> {
    for (const partition of await this.writer.write(due)) this.letGo(partition);
    const alerts = due.flatMap(({ work }) =>
      work.events.flatMap(({ record, frame }) => alertsOfEvent(record, frame)),
    );
    await this.writer.raise(alerts);
  }

  /** Another owner has a higher epoch: what we hold of this partition is worth nothing any more. */
  private letGo(partition: number): void {
    this.owned.delete(partition);
    this.keeper.forget(partition);
    this.meters.leasesLost.add();
  }

  private async commitDue(): Promise<void> {
    const nowMs = this.deps.clock.monotonicMs();
    for (const [partition, owned] of this.owned) {
      if (nowMs - owned.committedAtMs < this.deps.settings.commitEveryMs) continue;
      if (!(await this.commit(partition, owned))) this.letGo(partition);
    }
  }

  private async commit(partition: number, owned: Owned): Promise<boolean> {
    const { log, clock } = this.deps;
    const committed = await log.commit(partition, owned.epoch, owned.windows.progress());
    owned.committedAtMs = clock.monotonicMs();
    owned.commits += 1;
    if (committed && owned.commits % 10 === 0) await log.trim(partition);
    return committed;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

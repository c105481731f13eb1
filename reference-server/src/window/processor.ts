import type { Clock, TimerHandle } from '@gaitway/contract';
import type { Archive } from '../archive/archive.ts';
import type { FanOut } from '../fanout/fan-out.ts';
import type { Inference } from '../infer/inference.ts';
import type { ReadingLog } from '../ingest/reading-log.ts';
import type { Meter } from '../observe/meter.ts';
import type { StageTimer } from '../observe/stage-timer.ts';
import { DocumentWriter, type PartitionWork, WriterStopped } from './document-writer.ts';
import { type HeldLease, LeaseKeeper, silentAfterMs } from './lease-keeper.ts';
import type { Lease, PartitionLeases } from './partition-leases.ts';
import type { PartitionSettings } from './partition-settings.ts';
import { PartitionWindows } from './partition-windows.ts';
import { ProcessorMeters } from './processor-meters.ts';
import { RoundWatch } from './round-watch.ts';
import { StepFailures } from './step-failures.ts';

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
  inference?: Inference;
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
 * repeats change nothing. What a store refuses for one partition waits for a later round, and keeps no other
 * partition from its turn in this one.
 */
export class Processor {
  private readonly deps: ProcessorDeps;
  private readonly keeper: LeaseKeeper;
  private readonly writer: DocumentWriter;
  private readonly meters: ProcessorMeters;
  private readonly failures: StepFailures;
  private watch: RoundWatch;
  private readonly owned = new Map<number, Owned>();
  private timer: TimerHandle | undefined;
  private running = false;
  private stopped: (() => void) | undefined;

  constructor(deps: ProcessorDeps) {
    this.deps = deps;
    this.meters = new ProcessorMeters(deps.meter);
    this.meters.follow({
      openWindows: () => this.openWindows(),
      partitionsHeld: () => this.keeper.held.size,
      lagSeconds: () => this.lagSeconds(),
    });
    this.failures = new StepFailures(deps.clock, this.meters, (says) => deps.warn(says));
    this.writer = new DocumentWriter(deps, this.meters);
    const { leaseTtlMs } = deps.settings;
    this.keeper = new LeaseKeeper(deps.leases, deps.clock, this.failures, {
      owner: deps.instance,
      partitions: deps.log.partitions,
      ttlMs: leaseTtlMs,
    });
    this.watch = this.newWatch();
  }

  /**
   * What keeps this processor from its work; `null`: nothing. It is given as long as an owner of whom nothing is
   * seen keeps its share: a round that waits longer for a store holds partitions that nobody else gets.
   */
  problem(): string | null {
    return this.watch.problem();
  }

  start(): void {
    this.running = true;
    this.watch = this.newWatch();
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
    for (const [partition, owned] of this.owned) await this.commit(partition, owned);
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

  private newWatch(): RoundWatch {
    return new RoundWatch(this.deps.clock, silentAfterMs(this.deps.settings.leaseTtlMs));
  }

  private async round(): Promise<void> {
    let found = false;
    this.watch.begin();
    try {
      this.watch.reach('models');
      await this.writer.inference.tend();
      await this.adjustOwnership();
      found = await this.work();
      this.watch.complete();
    } catch (error) {
      this.watch.fail(error);
      if (error instanceof WriterStopped) this.deps.warn(`processor: ${error.message}`);
      else this.failures.note(this.watch.step, error);
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
    this.watch.reach('begin');
    await this.beginHeld();
    for (const partition of surplus) {
      const owned = this.owned.get(partition);
      // What could not be committed would be repeated by the next owner: it is given back when it can be.
      if (owned && (await this.commit(partition, owned)) === undefined) continue;
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
    const begin = ({ lease, takenAtMs }: HeldLease) =>
      this.failures.attempt('begin', lease.partition, () => this.begin(lease, takenAtMs));
    await Promise.all(idle.map(begin));
  }

  private async begin({ partition, epoch }: Lease, takenAtMs: number): Promise<void> {
    const { log, settings, clock } = this.deps;
    const progress = await log.progressOf(partition);
    this.owned.set(partition, {
      epoch,
      windows: new PartitionWindows(partition, settings, progress, this.writer.stages, this.writer.inference),
      readThroughMs: takenAtMs,
      committedAtMs: clock.monotonicMs(),
      commits: 0,
    });
  }

  /** One round over all owned partitions. `true`: there was something to read. */
  private async work(): Promise<boolean> {
    const { log, clock, settings } = this.deps;
    const from = [...this.owned].map(([partition, { windows }]) => ({ partition, after: windows.after }));
    if (from.length === 0) return false;
    this.watch.reach('read');
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
    this.watch.reach('archive');
    try {
      await this.archiveDue(due);
    } catch (error) {
      // What was due left the windows and did not reach the archive. It is still in the log: begin again there.
      this.owned.clear();
      await this.keeper.releaseAll();
      throw error;
    }
    this.watch.reach('commit');
    await this.commitDue();
    this.meters.report([...this.owned.values()].map(({ windows }) => windows));
    return any;
  }

  /** Over all that is held: a partition that could not be begun has been waiting at least since it was taken. */
  private lagSeconds(): number {
    const nowMs = this.deps.clock.epochMs();
    let oldestUnreadMs = nowMs;
    for (const [partition, { takenAtMs }] of this.keeper.held) {
      oldestUnreadMs = Math.min(oldestUnreadMs, this.owned.get(partition)?.readThroughMs ?? takenAtMs);
    }
    return (nowMs - oldestUnreadMs) / 1000;
  }

  private openWindows(): number {
    let open = 0;
    for (const { windows } of this.owned.values()) open += windows.openWindows;
    return open;
  }

  private async archiveDue(due: readonly PartitionWork[]): Promise<void> {
    for (const partition of await this.writer.write(due)) this.letGo(partition);
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
      if ((await this.commit(partition, owned)) === false) this.letGo(partition);
    }
  }

  /** `false`: another owns the partition; `undefined`: the store failed, and is asked again when the next commit is due. */
  private async commit(partition: number, owned: Owned): Promise<boolean | undefined> {
    const { log, clock } = this.deps;
    const progress = owned.windows.progress();
    const committed = await this.failures.attempt('commit', partition, () =>
      log.commit(partition, owned.epoch, progress),
    );
    owned.committedAtMs = clock.monotonicMs();
    if (committed === undefined) return undefined;
    owned.commits += 1;
    if (committed && owned.commits % 10 === 0) {
      await this.failures.attempt('trim', partition, () => log.trim(partition));
    }
    return committed;
  }
}

import type { Clock, TimerHandle } from '@gaitway/contract';
import { realClock } from '@gaitway/reference-server/real-clock';
import type { CanariesEnd } from '../canaries/canary-counts.ts';
import { wearableFile } from '../canaries/wearable-file.ts';
import type { ViewersEnd } from '../viewers/viewers.ts';
import { type FleetCounters, sumCounters } from './counters.ts';
import type { FleetEnd } from './fleet.ts';
import { earliestStartMs, type FleetPlan, type FleetRequest, planPhases } from './fleet-plan.ts';
import type { FleetLive, FleetResult } from './fleet-result.ts';
import { fleetResultOf } from './fleet-result-of.ts';
import { ForkedProcess, type ProcessModule } from './forked-process.ts';
import { judgeGenerator } from './generator-health.ts';
import { LiveView } from './live-view.ts';
import { type FromProcess, REPORT_EVERY_MS } from './messages.ts';
import { cutShort, type FleetPhases } from './phases.ts';
import { ProcessRecord } from './process-record.ts';

export interface FleetHooks {
  /** Once a second, from the first report on. */
  live?(live: FleetLive): void;
  /**
   * The processes are loaded: their names and process ids. What it returns is the start of the first slots; it must
   * not lie before `earliestStartMs`. Nothing returned: that is the start, or what the request says.
   */
  ready?(
    processes: { name: string; pid: number | undefined }[],
    earliestStartMs: number,
  ): number | undefined | Promise<number | undefined>;
  /** All readings are accounted for and the viewers still watch: the moment to close what windows are open. */
  drained?(): Promise<void>;
}

export interface FleetControls {
  /** Aborted: the fleet goes to drain at once, and ends as ever. */
  interrupt?: AbortSignal;
  /** Aborted: the fleet makes no more readings and does not drain either, since nobody is there who could answer. */
  end?: AbortSignal;
  /** Aborted: every process is killed; what it had is lost, and said so. */
  stop?: AbortSignal;
  /** Arguments of Node itself for the forked processes, such as `--cpu-prof`. */
  nodeArguments?: readonly string[];
  clock?: Clock;
}

/** A process that is not loaded in this time never will be. */
const LOAD_MS_MAX = 60_000;
/** A process that is not done this long after drain should have ended is killed: a run ends, whatever happens. */
const OVERDUE_MS = 15_000;
/** Viewers settle for 5 s at most. */
const VIEWERS_OVERDUE_MS = 15_000;

/**
 * Plays a plan with worker processes and one viewers' process, and puts together what they measured. It
 * always resolves: a process that dies, fails or hangs is a reason in `generator.reasons`, and what it
 * measured is missing.
 */
export async function runFleet(
  request: FleetRequest,
  hooks: FleetHooks = {},
  controls: FleetControls = {},
): Promise<FleetResult> {
  return new Coordinator(request, hooks, controls).run();
}

class Coordinator {
  private plan: FleetPlan;
  private readonly hooks: FleetHooks;
  private readonly controls: FleetControls;
  private readonly clock: Clock;
  private readonly live = new LiveView();
  private readonly named: string[] = [];
  /** Those who play devices: worker processes, and behind them the one of the canaries. */
  private readonly workers: ForkedProcess[] = [];
  private readonly records = new Map<ForkedProcess, ProcessRecord>();
  private readonly ends = new Map<ForkedProcess, FleetEnd>();
  private viewers: ForkedProcess | undefined;
  private viewersEnd: ViewersEnd | undefined;
  private canariesEnd: CanariesEnd | undefined;
  private phases: FleetPhases;
  private interrupted = false;
  private readonly startIsOpen: boolean;
  private liveTimer: TimerHandle;

  constructor(request: FleetRequest, hooks: FleetHooks, controls: FleetControls) {
    this.hooks = hooks;
    this.controls = controls;
    this.clock = controls.clock ?? realClock;
    this.startIsOpen = request.startMs === undefined;
    this.plan = { ...request, startMs: request.startMs ?? earliestStartMs(this.clock.epochMs(), request) };
    this.phases = planPhases(this.plan);
  }

  async run(): Promise<FleetResult> {
    const { hooks, controls } = this;
    for (let worker = 0; worker < this.plan.workers; worker++) {
      this.workers.push(this.fork(`Worker ${worker}`, 'fleet/worker-process'));
    }
    const { canaries } = this.plan;
    if (canaries !== undefined) {
      const { hexFile = wearableFile() } = canaries;
      this.workers.push(this.fork("The canaries' process", 'canaries/canary-process', [hexFile]));
    }
    if (this.plan.viewers > 0) this.viewers = this.fork("The viewers' process", 'viewers/viewers-process');
    const interrupt = () => this.interrupt();
    const end = () => this.end();
    const stop = () => this.stop();
    controls.interrupt?.addEventListener('abort', interrupt);
    controls.end?.addEventListener('abort', end);
    controls.stop?.addEventListener('abort', stop);
    if (controls.interrupt?.aborted) interrupt();
    if (controls.end?.aborted) end();
    if (controls.stop?.aborted) stop();
    try {
      await this.loaded();
      await this.begin();
      await Promise.all(
        this.workers.map((worker) =>
          this.awaitEnd(
            worker,
            () => this.phases.drainToMs + OVERDUE_MS,
            () => this.ends.has(worker),
          ),
        ),
      );
      await hooks.drained?.();
      if (this.viewers !== undefined) {
        this.viewers.send({ kind: 'leave', measureToMs: this.phases.measureToMs });
        const untilMs = this.clock.epochMs() + VIEWERS_OVERDUE_MS;
        await this.awaitEnd(
          this.viewers,
          () => untilMs,
          () => this.viewersEnd !== undefined,
        );
      }
    } finally {
      this.clock.clearTimer(this.liveTimer);
      controls.interrupt?.removeEventListener('abort', interrupt);
      controls.end?.removeEventListener('abort', end);
      controls.stop?.removeEventListener('abort', stop);
      for (const process of this.records.keys()) process.kill();
    }
    return this.result();
  }

  /** Waits until each process is loaded, or gone. */
  private async loaded(): Promise<void> {
    const late = [...this.records.values()].map((record) => record.loaded);
    let timer: TimerHandle;
    const limit = new Promise<void>((resolve) => {
      timer = this.clock.setTimer(LOAD_MS_MAX, resolve);
    });
    await Promise.race([Promise.all(late), limit]);
    this.clock.clearTimer(timer);
  }

  private async begin(): Promise<void> {
    const earliestMs = earliestStartMs(this.clock.epochMs(), this.plan);
    const processes = [...this.records.keys()].map(({ name, pid }) => ({ name, pid }));
    const chosenMs = await this.hooks.ready?.(processes, earliestMs);
    if (chosenMs !== undefined || this.startIsOpen) {
      this.plan = { ...this.plan, startMs: chosenMs ?? earliestMs };
    }
    this.phases = planPhases(this.plan);
    const { plan, phases } = this;
    for (const record of this.records.values()) record.judgeFrom(phases.startMs);
    this.workers.forEach((process, worker) => {
      process.send({ kind: 'play', plan, worker });
    });
    this.viewers?.send({ kind: 'play', plan, worker: -1 });
    this.look();
    if (this.interrupted) this.interruptWorkers();
    if (this.controls.end?.aborted) this.end();
  }

  private fork(name: string, module: ProcessModule, processArguments: string[] = []): ForkedProcess {
    const process = new ForkedProcess(
      name,
      module,
      this.controls.nodeArguments ?? [],
      (message) => this.take(process, message),
      processArguments,
    );
    this.records.set(process, new ProcessRecord(process));
    return process;
  }

  private take(process: ForkedProcess, message: FromProcess): void {
    const record = this.records.get(process)!;
    switch (message.kind) {
      case 'ready':
        record.isLoaded();
        break;
      case 'fleet':
        record.report(message.snapshot.atMs, message.report, message.snapshot.counters);
        this.live.fleet(process.name, message.snapshot);
        break;
      case 'viewers':
        record.report(message.snapshot.atMs, message.report);
        this.live.seen(message.snapshot);
        break;
      case 'fleetEnd':
        record.ended(message.end.counters, message.end.sendLag, message.stages);
        this.ends.set(process, message.end);
        this.canariesEnd ??= message.canaries;
        break;
      case 'viewersEnd':
        this.viewersEnd = message.end;
        break;
      case 'found':
        this.named.push(message.says);
        break;
      case 'failed':
        this.named.push(`${process.name} failed: ${message.says}`);
        break;
    }
  }

  /** Resolves when the process is gone, or was killed because it was not done in time. */
  private async awaitEnd(
    process: ForkedProcess,
    untilMs: () => number,
    isDone: () => boolean,
  ): Promise<void> {
    let timer: TimerHandle;
    const overdue = new Promise<'overdue'>((resolve) => {
      const check = () => {
        const leftMs = untilMs() - this.clock.epochMs();
        if (leftMs <= 0) resolve('overdue');
        else timer = this.clock.setTimer(Math.min(leftMs, REPORT_EVERY_MS), check);
      };
      check();
    });
    const how = await Promise.race([process.exited, overdue]);
    this.clock.clearTimer(timer);
    if (isDone()) return;
    const missing = 'what it measured and its part of the ledger are incomplete';
    this.records.get(process)!.silentUntil(this.clock.epochMs());
    if (how === 'overdue') {
      this.named.push(`${process.name} was not done in time and was killed: ${missing}.`);
      process.kill();
      await process.exited;
    } else this.named.push(`${process.name} ended (${how}) before it was done: ${missing}.`);
  }

  private interrupt(): void {
    if (this.interrupted) return;
    this.interrupted = true;
    this.interruptWorkers();
  }

  /** A worker that does not play yet is told again when it does. */
  private interruptWorkers(): void {
    this.phases = cutShort(this.phases, this.clock.epochMs());
    for (const worker of this.workers) worker.send({ kind: 'interrupt' });
  }

  private end(): void {
    this.interrupt();
    for (const worker of this.workers) worker.send({ kind: 'end' });
  }

  private stop(): void {
    this.interrupted = true;
    for (const process of this.records.keys()) process.kill();
  }

  private look(): void {
    this.liveTimer = this.clock.setTimer(REPORT_EVERY_MS, () => {
      const { reasons, processes } = this.judge();
      const delayMs = Math.max(0, ...processes.map(({ eventLoopDelayMaxMs }) => eventLoopDelayMaxMs));
      this.hooks.live?.(this.live.look(this.clock.epochMs(), reasons, delayMs));
      this.look();
    });
  }

  private judge() {
    const health = [...this.records.values()].map((record) => record.healthSoFar);
    return judgeGenerator(health, this.plan.tightestLatencySloMs, this.named);
  }

  private result(): FleetResult {
    const { plan, phases, interrupted, viewersEnd, canariesEnd } = this;
    return fleetResultOf({
      ...{ plan, phases, interrupted, viewersEnd, canariesEnd },
      ends: [...this.ends.values()],
      counters: this.finalCounters(),
      generator: this.judge(),
      processes: [...this.records.values()].map(({ use }) => use),
    });
  }

  /** Of workers that ended, their last word; of those that did not, what they last reported. */
  private finalCounters(): FleetCounters {
    return sumCounters(
      this.workers.flatMap((worker) => {
        const counters = this.ends.get(worker)?.counters ?? this.live.countersOf(worker.name);
        return counters === undefined ? [] : [counters];
      }),
    );
  }
}

import type { StageCpu } from '@gaitway/reference-server';
import type { EncodedLatency } from '../latency/latency-recorder.ts';
import type { FleetCounters } from './counters.ts';
import type { ProcessUse } from './fleet-result.ts';
import type { ForkedProcess } from './forked-process.ts';
import { HealthWatch, type ProcessHealth } from './generator-health.ts';
import type { ProcessReport } from './messages.ts';
import { REPORT_EVERY_MS } from './messages.ts';

/** What the coordinator knows of one process: what it used, and whether it kept up. */
export class ProcessRecord {
  readonly use: ProcessUse;
  private readonly health: HealthWatch;
  /** Resolves when the process has loaded its modules, or is gone. */
  readonly loaded: Promise<void>;
  /** Tells that it has. */
  isLoaded!: () => void;
  private judgedFromMs = Number.POSITIVE_INFINITY;

  constructor(process: ForkedProcess) {
    this.loaded = new Promise((resolve) => {
      this.isLoaded = resolve;
      void process.exited.then(() => resolve());
    });
    this.health = new HealthWatch(process.name);
    this.use = {
      name: process.name,
      pid: process.pid,
      cpuUserMs: 0,
      cpuSystemMs: 0,
      rssBytesMax: 0,
      gcPauseMs: 0,
      gcPauseMsMax: 0,
      eventLoopDelayMsP99: null,
      eventLoopDelayMsMax: 0,
      stages: [],
      samples: [],
    };
  }

  /**
   * Event-loop delays before `fromMs`, the end of the connect phase, are not held against it: no reading is due
   * yet, so that none can be late by them, and thousands of handshakes at once keep a loop busy by plan. A
   * loop that is still busy when the first readings are due takes those up late, which counts. The delays stay
   * in `use`; a stepped clock, a lack of descriptors or ports, and silence count in that phase as well.
   */
  judgeFrom(fromMs: number): void {
    this.judgedFromMs = fromMs;
    this.health.expectFrom(fromMs);
  }

  report(atMs: number, { process, clockDriftMs }: ProcessReport, counters?: FleetCounters): void {
    const { use } = this;
    use.cpuUserMs += process.cpuUserMs;
    use.cpuSystemMs += process.cpuSystemMs;
    use.rssBytesMax = Math.max(use.rssBytesMax, process.rssBytes);
    use.gcPauseMs += process.gcPauseMs;
    use.gcPauseMsMax = Math.max(use.gcPauseMsMax, process.gcPauseMaxMs);
    use.eventLoopDelayMsP99 = process.eventLoopDelayP99SoFarMs;
    use.eventLoopDelayMsMax = Math.max(use.eventLoopDelayMsMax, process.eventLoopDelayMaxMs);
    use.samples.push({
      atMs,
      cpuMs: process.cpuUserMs + process.cpuSystemMs,
      rssBytes: process.rssBytes,
      eventLoopDelayMaxMs: process.eventLoopDelayMaxMs,
    });
    this.health.report({
      atMs,
      judged: atMs - REPORT_EVERY_MS >= this.judgedFromMs,
      eventLoopDelayMaxMs: process.eventLoopDelayMaxMs,
      clockDriftMs,
      ...(counters ? { counters } : {}),
    });
  }

  ended(counters: FleetCounters, sendLag: EncodedLatency, stages: StageCpu[]): void {
    this.use.stages = stages;
    this.health.ended(counters, sendLag);
  }

  /** It says nothing more and is not done. */
  silentUntil(nowMs: number): void {
    this.health.silentUntil(nowMs);
  }

  get healthSoFar(): ProcessHealth {
    return this.health.get();
  }
}

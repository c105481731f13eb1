import type { EncodedLatency } from '../latency/latency-recorder.ts';
import { LatencyRecorder } from '../latency/latency-recorder.ts';
import type { ExhaustionCode, FleetCounters } from './counters.ts';

/**
 * What a generator must keep so that what it measured is the server's doing. The first three are relative to
 * the tightest latency SLO of the run.
 */
export const GENERATOR_LIMITS = {
  /** 99th percentile of how late a worker took up its readings, as a share of the SLO. */
  sendLagP99Share: 0.2,
  /** Longest time that a worker's event loop stood still, as a share of the SLO. */
  eventLoopDelayShare: 1,
  /** Share of readings that may be taken up later than the whole SLO. */
  lateReadingsShare: 0.001,
  /** How far the wall clock may move against the monotonic clock. */
  clockDriftMs: 100,
  /** Workers report once a second; a longer silence than this is a stopped worker. */
  reportGapMs: 2000,
} as const;

/** One process of the generator, as far as the validity of a run depends on it. `null`: nothing was measured. */
export interface ProcessHealth {
  /** As sentences name it: `Worker 0`. */
  name: string;
  sendLagP99Ms: number | null;
  readingsDue: number;
  readingsLate: number;
  eventLoopDelayMaxMs: number;
  clockDriftMaxMs: number;
  reportGapMaxMs: number;
  exhausted: Partial<Record<ExhaustionCode, number>>;
}

export interface GeneratorVerdict {
  valid: boolean;
  /** One plain sentence each, with the figure and the limit. */
  reasons: string[];
  processes: ProcessHealth[];
}

/** Whether the generator kept its limits. `named`: reasons that were found otherwise, such as a dead worker. */
export function judgeGenerator(
  processes: readonly ProcessHealth[],
  tightestLatencySloMs: number,
  named: readonly string[] = [],
): GeneratorVerdict {
  const reasons = [...named];
  for (const health of processes) reasons.push(...reasonsOf(health, tightestLatencySloMs));
  return { valid: reasons.length === 0, reasons, processes: [...processes] };
}

function reasonsOf(health: ProcessHealth, sloMs: number): string[] {
  const reasons: string[] = [];
  const { name } = health;
  const limits = GENERATOR_LIMITS;
  const lagLimitMs = limits.sendLagP99Share * sloMs;
  if (health.sendLagP99Ms !== null && health.sendLagP99Ms > lagLimitMs) {
    reasons.push(
      `${name} took up readings late: its p99 send lag was ${ms(health.sendLagP99Ms)}, the limit is ${ms(lagLimitMs)} (${percent(limits.sendLagP99Share)} of the tightest latency SLO, ${ms(sloMs)}).`,
    );
  }
  const delayLimitMs = limits.eventLoopDelayShare * sloMs;
  if (health.eventLoopDelayMaxMs > delayLimitMs) {
    reasons.push(
      `${name} stood still: its event loop was delayed by up to ${ms(health.eventLoopDelayMaxMs)}, the limit is ${ms(delayLimitMs)}.`,
    );
  }
  const lateShare = health.readingsDue === 0 ? 0 : health.readingsLate / health.readingsDue;
  if (lateShare > limits.lateReadingsShare) {
    reasons.push(
      `${name} took up ${health.readingsLate} of ${health.readingsDue} readings (${percent(lateShare)}) more than ${ms(sloMs)} late, the limit is ${percent(limits.lateReadingsShare)}.`,
    );
  }
  if (health.clockDriftMaxMs > limits.clockDriftMs) {
    reasons.push(
      `${name} saw the wall clock move by ${ms(health.clockDriftMaxMs)} against the monotonic clock, the limit is ${ms(limits.clockDriftMs)}.`,
    );
  }
  if (health.reportGapMaxMs > limits.reportGapMs) {
    reasons.push(
      `${name} did not report for ${ms(health.reportGapMaxMs)}, the limit is ${ms(limits.reportGapMs)}.`,
    );
  }
  for (const [code, times] of Object.entries(health.exhausted)) {
    reasons.push(
      `${name} ran out of ${EXHAUSTED[code as ExhaustionCode]} ${times} times (${code}), the limit is 0.`,
    );
  }
  return reasons;
}

const EXHAUSTED: Readonly<Record<ExhaustionCode, string>> = {
  EMFILE: 'file descriptors of its process',
  ENFILE: 'file descriptors of the machine',
  EADDRNOTAVAIL: 'local ports',
  ENOBUFS: 'socket buffers',
  ENOMEM: 'memory',
};

/** Gathers one process's health from its reports as they come. */
export class HealthWatch {
  private readonly health: ProcessHealth;
  private lastReportMs: number | undefined;

  constructor(name: string) {
    this.health = {
      name,
      sendLagP99Ms: null,
      readingsDue: 0,
      readingsLate: 0,
      eventLoopDelayMaxMs: 0,
      clockDriftMaxMs: 0,
      reportGapMaxMs: 0,
      exhausted: {},
    };
  }

  /**
   * A report, by the worker's own clock: a coordinator that is late itself blames nobody.
   * `judged`: the report's second lies wholly after the connect phase, so its event-loop delay counts.
   */
  report(report: {
    atMs: number;
    judged: boolean;
    eventLoopDelayMaxMs: number;
    clockDriftMs: number;
    counters?: FleetCounters;
  }): void {
    const { health } = this;
    this.heard(report.atMs);
    health.clockDriftMaxMs = Math.max(health.clockDriftMaxMs, Math.abs(report.clockDriftMs));
    if (report.judged) {
      health.eventLoopDelayMaxMs = Math.max(health.eventLoopDelayMaxMs, report.eventLoopDelayMaxMs);
    }
    if (report.counters !== undefined) this.count(report.counters);
  }

  /** The run begins: from here on silence counts, also that of a process that was never heard of. */
  expectFrom(fromMs: number): void {
    this.lastReportMs ??= fromMs;
  }

  /** A worker is done; `sendLag` is over all its readings. */
  ended(counters: FleetCounters, sendLag: EncodedLatency): void {
    this.count(counters);
    this.health.sendLagP99Ms = LatencyRecorder.decode(sendLag).percentileMs(99);
  }

  /** Silent until now, and not done. */
  silentUntil(nowMs: number): void {
    this.gap(nowMs);
  }

  /** The state so far. */
  get(): ProcessHealth {
    return { ...this.health, exhausted: { ...this.health.exhausted } };
  }

  private heard(atMs: number): void {
    this.gap(atMs);
    this.lastReportMs = atMs;
  }

  private gap(atMs: number): void {
    if (this.lastReportMs === undefined) return;
    this.health.reportGapMaxMs = Math.max(this.health.reportGapMaxMs, atMs - this.lastReportMs);
  }

  private count(counters: FleetCounters): void {
    this.health.readingsDue = counters.all.due;
    this.health.readingsLate = counters.all.notSentOnTime;
    this.health.exhausted = { ...counters.exhausted };
  }
}

/** How far a wall clock has moved against a monotonic one since the call: for as long as the result is asked. */
export function watchDrift(clock: { epochMs(): number; monotonicMs(): number }): () => number {
  const atStartMs = clock.epochMs() - clock.monotonicMs();
  return () => clock.epochMs() - clock.monotonicMs() - atStartMs;
}

/** Whole ms, below ten a tenth, from a second on seconds: by what is shown, so that 999.6 ms are 1.0 s. */
function ms(value: number): string {
  if (Math.round(value) >= 1000) return `${(value / 1000).toFixed(1)} s`;
  return `${Number(value.toFixed(1)) < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

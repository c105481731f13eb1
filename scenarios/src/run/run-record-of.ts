import {
  type LatencySummary,
  type ProcessUsage,
  RUN_RECORD_VERSION,
  type RunAudit,
  type RunEnvironment,
  type RunRecord,
  type StageUsage,
  type WindowSettings,
} from '@gaitway/contract';
import type { FleetResult } from '@gaitway/simulator';
import { judgeRun } from '../judge/judge.ts';
import type { OwnServerReport, ServerUsage } from './own-server.ts';
import { seriesOf, serverSeries } from './record-series.ts';
import type { RunOptions } from './run-options.ts';

/** What a run knows when it is over. */
export interface FinishedRun {
  id: string;
  options: RunOptions;
  version: string;
  startedAtMs: number;
  endedAtMs: number;
  window: WindowSettings;
  environment: RunEnvironment;
  fleet: FleetResult;
  audit: RunAudit;
  servers: { usage: ServerUsage; readyAtMs: number; report: OwnServerReport }[];
  ledgerFiles: string[];
  archive: RunRecord['archive'];
  notes: string[];
}

/** Puts the one file together, and judges it. */
export function runRecordOf(run: FinishedRun): RunRecord {
  const { options, fleet, startedAtMs, endedAtMs } = run;
  const { scenario } = options;
  const { phases, counters } = fleet;
  const processes = processesOf(run);
  const phaseList: RunRecord['phases'] = [
    { phase: 'connect', fromMs: phases.connectMs, toMs: phases.startMs },
    { phase: 'warm-up', fromMs: phases.startMs, toMs: phases.measureFromMs },
    {
      phase: 'measure',
      fromMs: phases.measureFromMs,
      toMs: Math.max(phases.measureFromMs, phases.measureToMs),
    },
    { phase: 'drain', fromMs: Math.max(phases.measureFromMs, phases.measureToMs), toMs: endedAtMs },
  ];
  const record: RunRecord = {
    runRecordVersion: RUN_RECORD_VERSION,
    gaitway: { name: 'gaitway', version: run.version },
    id: run.id,
    scenario: scenario.name,
    verdict: 'no-verdict',
    verdicts: [],
    seed: options.seed,
    interrupted: fleet.interrupted,
    startedAtMs,
    endedAtMs,
    phases: phaseList,
    command: [...options.command],
    options: {
      transport: options.transport,
      cache: options.cache,
      durability: options.durability,
      workers: options.workers,
      measureMs: scenario.phases.measureMs,
    },
    patients: scenario.patients,
    viewers: scenario.viewers,
    slotMs: scenario.slotMs,
    windowSettings: run.window,
    environment: run.environment,
    load: {
      planned: fleet.planned,
      sent: counters.measured.sent,
      notSentOnTime: counters.measured.notSentOnTime,
      acknowledged: counters.measured.acknowledged,
      unacknowledged: counters.measured.unacknowledged,
      retransmitted: counters.retransmitted,
      droppedByDevice: counters.all.dropped,
      made: counters.all.due,
      rejected: { ...counters.rejected },
      devices: {
        planned: scenario.patients,
        connected: Math.min(scenario.patients, counters.connectAttempts - failedConnects(counters.linkEnds)),
        reconnects: counters.reconnects,
        refused: Object.values(counters.handshakesRefused).reduce((sum, count) => sum + count, 0),
      },
    },
    connections: {
      deviceSocketsHeldMax: counters.connectedMost,
      viewerSocketsHeldMax: fleet.viewers?.connected ?? 0,
      sourceAddresses: 1,
      workers: options.workers,
    },
    latency: { ack: withoutExtra(fleet.latency) },
    freshness: {
      viewer: {
        reading: withoutExtra(fleet.freshness.reading),
        window: withoutExtra(fleet.freshness.window),
      },
    },
    audit: run.audit,
    generator: fleet.generator,
    processes,
    stages: stagesOf(run, processes, counters.all.acknowledged),
    series: seriesOf(
      fleet,
      [
        ...run.servers.map(({ usage, readyAtMs }) => serverSeries(usage.name, usage.samples, readyAtMs)),
        ...fleet.processes.map(({ name, samples }) => ({ name, samples })),
      ],
      { startMs: phases.connectMs, endMs: endedAtMs },
      phaseList.map(({ phase, fromMs }) => ({ atMs: fromMs, kind: 'phase', says: phase })),
    ),
    archiveWrites: writesOf(run),
    ledgerFiles: run.ledgerFiles,
    archive: run.archive,
    ...(run.notes.length > 0 ? { notes: run.notes } : {}),
  };
  const { verdict, results } = judgeRun(record, scenario.slos);
  return { ...record, verdict, verdicts: results };
}

/** From the servers' own counters. */
function writesOf({ servers }: FinishedRun): Record<string, number> {
  const writes: Record<string, number> = {};
  for (const { report } of servers) {
    for (const [, kind, count] of report.metricsText.matchAll(
      /^gaitway_archive_writes_total\{kind="(\w+)"\} (\d+)/gm,
    )) {
      writes[kind!] = (writes[kind!] ?? 0) + Number(count);
    }
  }
  return writes;
}

function failedConnects(linkEnds: Partial<Record<string, number>>): number {
  return (linkEnds.unreachable ?? 0) + (linkEnds.refused ?? 0);
}

function withoutExtra(summary: LatencySummary & { unacknowledged?: number }): LatencySummary {
  const { count, minMs, meanMs, p50Ms, p90Ms, p95Ms, p99Ms, p999Ms, maxMs } = summary;
  return { count, minMs, meanMs, p50Ms, p90Ms, p95Ms, p99Ms, p999Ms, maxMs };
}

function processesOf({ servers, fleet }: FinishedRun): ProcessUsage[] {
  const ofServers = servers.map(({ usage }): ProcessUsage => {
    const { name, pid, samples } = usage;
    return {
      name,
      role: 'server',
      pid,
      cpuUserMs: sum(samples.map(({ cpuUserMs }) => cpuUserMs)),
      cpuSystemMs: sum(samples.map(({ cpuSystemMs }) => cpuSystemMs)),
      residentBytesMax: samples.length > 0 ? Math.max(...samples.map(({ rssBytes }) => rssBytes)) : null,
      gcPauseMs: sum(samples.map(({ gcPauseMs }) => gcPauseMs)),
      eventLoopDelayMsP99:
        samples.length > 0 ? Math.max(...samples.map((sample) => sample.eventLoopDelayP99Ms)) : null,
      eventLoopDelayMsMax:
        samples.length > 0 ? Math.max(...samples.map((sample) => sample.eventLoopDelayMaxMs)) : null,
    };
  });
  const ofFleet = fleet.processes.map(
    (use): ProcessUsage => ({
      name: use.name,
      role: /viewer/i.test(use.name) ? 'viewer' : 'worker',
      pid: use.pid ?? 0,
      cpuUserMs: use.cpuUserMs,
      cpuSystemMs: use.cpuSystemMs,
      residentBytesMax: use.rssBytesMax,
      gcPauseMs: use.gcPauseMs,
      eventLoopDelayMsP99: null,
      eventLoopDelayMsMax: use.eventLoopDelayMsMax,
    }),
  );
  return [...ofServers, ...ofFleet];
}

/** Stages of each process; with `unattributed` they sum to its CPU. */
function stagesOf(
  { servers, fleet }: FinishedRun,
  processes: readonly ProcessUsage[],
  readings: number,
): StageUsage[] {
  const perReading = (cpuMs: number) => (readings > 0 ? (1000 * cpuMs) / readings : null);
  const timed = new Map([
    ...servers.map(({ usage, report }) => [usage.name, report.stages] as const),
    ...fleet.processes.map((process) => [process.name, process.stages] as const),
  ]);
  return processes.flatMap(({ name, cpuUserMs, cpuSystemMs }) => {
    const stages = timed.get(name)!.map(({ stage, calls, cpuMs }): StageUsage => {
      return { stage, process: name, cpuMs, calls, cpuUsPerReading: perReading(cpuMs) };
    });
    const rest = cpuUserMs + cpuSystemMs - sum(stages.map(({ cpuMs }) => cpuMs));
    return [
      ...stages,
      { stage: 'unattributed', process: name, cpuMs: rest, calls: 0, cpuUsPerReading: perReading(rest) },
    ];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

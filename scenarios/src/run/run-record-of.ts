import {
  type LatencySummary,
  METRICS,
  type ProcessUsage,
  RUN_RECORD_VERSION,
  type RunAudit,
  type RunEnvironment,
  type RunGrades,
  type RunPipeline,
  type RunRecord,
  type WindowSettings,
} from '@gaitway/contract';
import type { StageCpu } from '@gaitway/reference-server';
import { devicesJoined, type FleetResult } from '@gaitway/simulator';
import { judgeRun } from '../judge/judge.ts';
import { valuesIn } from './metrics-text.ts';
import type { OwnServerReport, ServerUsage } from './own-server.ts';
import { withCounts } from './pipeline-of-run.ts';
import { seriesOf, serverSeries } from './record-series.ts';
import type { RunOptions } from './run-options.ts';
import { stagesOf } from './stage-usage.ts';

/** What a run knows when it is over. */
export interface FinishedRun {
  id: string;
  options: RunOptions;
  version: string;
  startedAtMs: number;
  endedAtMs: number;
  window: WindowSettings;
  environment: RunEnvironment;
  pipeline?: RunPipeline;
  fleet: FleetResult;
  audit: RunAudit;
  grades: RunGrades;
  servers: { usage: ServerUsage; readyAtMs: number; report: OwnServerReport }[];
  /** Of these, why those ended that nobody asked to. */
  serversEnded: string[];
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
  const { stages, notes: stageNotes } = stagesOf(processes, timedOf(run), counters.all.acknowledged);
  const notes = [...run.notes, ...stageNotes];
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
    finished: true,
    interrupted: fleet.interrupted,
    startedAtMs,
    endedAtMs,
    phases: phaseList,
    command: [...options.command],
    options: {
      transport: options.transport,
      // The people themselves: the file that they were read from may be another one by the time somebody grades the run.
      ...(options.cohort ? { cohort: JSON.stringify(options.cohort) } : {}),
      cache: options.cache,
      durability: options.durability,
      workers: options.workers,
      ...(options.canaries ? { canaries: options.canaries.devices } : {}),
      ...(options.canaries?.hexFile ? { hex: options.canaries.hexFile } : {}),
      ...(options.updateFaults ? { updateFaults: JSON.stringify(options.updateFaults) } : {}),
      measureMs: scenario.phases.measureMs,
    },
    patients: scenario.patients,
    viewers: scenario.viewers,
    slotMs: scenario.slotMs,
    windowSettings: run.window,
    environment: run.environment,
    ...canariesOf(run),
    ...(run.pipeline ? { pipeline: withCounts(run.pipeline, metricsTextsOf(run)) } : {}),
    load: {
      planned: fleet.planned,
      madeInMeasure: counters.measured.due,
      sent: counters.measured.sent,
      notSentOnTime: counters.measured.notSentOnTime,
      acknowledged: counters.measured.acknowledged,
      unacknowledged: counters.measured.unacknowledged,
      retransmitted: counters.retransmitted,
      droppedByDevice: counters.all.dropped,
      made: counters.all.due,
      commands: { ...counters.commands },
      ...(Object.keys(counters.updates).length > 0 ? { updates: { ...counters.updates } } : {}),
      rejected: { ...counters.rejected },
      devices: {
        planned: scenario.patients,
        connected: devicesJoined(counters),
        reconnects: counters.reconnects,
        refused: Object.values(counters.handshakesRefused).reduce((sum, count) => sum + count, 0),
      },
    },
    connections: {
      deviceSocketsHeldMax: counters.connectedMost,
      viewerSocketsHeldMax: fleet.viewers?.connected ?? 0,
      sourceAddresses: Object.keys(counters.joinedFrom).length,
      workers: options.workers,
    },
    latency: { ack: withoutExtra(fleet.latency) },
    freshness: { viewer: fleet.freshness },
    audit: run.audit,
    grades: run.grades,
    generator: fleet.generator,
    ownServers: { started: run.servers.length, ended: run.serversEnded },
    processes,
    stages,
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
    ...(notes.length > 0 ? { notes } : {}),
  };
  const { verdict, results } = judgeRun(record, scenario.slos);
  return { ...record, verdict, verdicts: results };
}

/** What was asked for, with what became of it; of canaries whose process died that is not known. */
function canariesOf({ options, fleet }: FinishedRun): Pick<RunRecord, 'canaries'> {
  if (options.canaries === undefined) return {};
  const { devices, firmware, imageSha256 } = options.canaries;
  const end = fleet.canaries ?? { resets: {}, logs: {}, damaged: 0, hung: [], busyShareMax: 0 };
  return { canaries: { ...end, devices, firmware, imageSha256 } };
}

/** From the servers' own counters. */
function writesOf(run: FinishedRun): Record<string, number> {
  return valuesIn(metricsTextsOf(run), METRICS.archiveWrites, 'kind');
}

/** Of a server that has ended there is none. */
function metricsTextsOf({ servers }: FinishedRun): string[] {
  return servers.map(({ report }) => report.metricsText).filter((text) => text !== '');
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
      eventLoopDelayMsP99: samples.at(-1)?.eventLoopDelayP99SoFarMs ?? null,
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
      eventLoopDelayMsP99: use.eventLoopDelayMsP99,
      eventLoopDelayMsMax: use.eventLoopDelayMsMax,
    }),
  );
  return [...ofServers, ...ofFleet];
}

/** What each process's stage timer found. */
function timedOf({ servers, fleet }: FinishedRun): Map<string, StageCpu[]> {
  return new Map([
    ...servers.map(({ usage, report }) => [usage.name, report.stages] as const),
    ...fleet.processes.map(({ name, stages }) => [name, stages] as const),
  ]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

import { normal, uniform } from '@gaitway/contract';
import type { ProcessSample, StageCpu } from '@gaitway/reference-server';
import {
  ANY_SOURCE,
  BUCKETS,
  bucketOf,
  type EncodedLatencySeries,
  encodeBuckets,
  type FleetResult,
  noCounters,
  notGraded,
  type ProcessUse,
  phasesOf,
} from '@gaitway/simulator';
import { cleanAudit, sampleRunRecord } from '../run-record/run-record.fixture.ts';
import { production } from '../scenarios/production.ts';
import type { FinishedRun } from './run-record-of.ts';

const START_MS = 1_790_000_000_000;
const SLOT_MS = 5000;
const STREAM = 0x68f2;

export interface SynthesisedRun {
  patients: number;
  seconds: number;
  workers: number;
  servers: number;
  /** Pairs of viewer and watched patient. */
  watchedPairs: number;
}

/** What `perSecond` samples of a log-normal latency come to, second by second, each second another draw. */
function latencies(
  seconds: number,
  perSecond: number,
  medianMs: number,
  stream: number,
): EncodedLatencySeries {
  const SIGMA = 0.8;
  const DRAWS = 20_000;
  const shares = new Float64Array(BUCKETS);
  for (let draw = 0; draw < DRAWS; draw++) {
    shares[bucketOf(medianMs * Math.exp(SIGMA * normal(STREAM, stream, draw)))]! += 1 / DRAWS;
  }
  const used = [...shares.keys()].filter((bucket) => shares[bucket]! > 0);
  const counts = new Uint32Array(BUCKETS);
  return {
    startMs: START_MS,
    seconds: Array.from({ length: seconds }, (_, second) => {
      for (const bucket of used) {
        // A Poisson number, nearly: its mean, its spread, and for a rare bucket whether it is met at all.
        const mean = shares[bucket]! * perSecond;
        const spread = Math.sqrt(12 * mean) * (uniform(STREAM, stream, second, bucket) - 0.5);
        counts[bucket] =
          mean < 3
            ? Math.floor(mean + uniform(STREAM, stream, second, bucket))
            : Math.max(0, Math.round(mean + spread));
      }
      return [second, encodeBuckets(counts)];
    }),
  };
}

const noise = (index: number, sub: number) => uniform(STREAM, 1, index, sub);

export function stagesOf(...cpuMs: number[]): StageCpu[] {
  return cpuMs.map((ms, index) => ({ stage: `stage-${index}`, calls: 1000 + index, cpuMs: ms }));
}

function processUse(name: string, index: number, seconds: number): ProcessUse {
  const samples = Array.from({ length: seconds }, (_, second) => ({
    atMs: START_MS + 1000 * (second + 1),
    cpuMs: 600 + 200 * noise(second, index),
    rssBytes: Math.round(9e8 + 1e8 * noise(second, index + 50)),
    eventLoopDelayMaxMs: 20 * noise(second, index + 90),
  }));
  const cpuMs = samples.reduce((sum, sample) => sum + sample.cpuMs, 0);
  return {
    name,
    pid: 4000 + index,
    cpuUserMs: 0.75 * cpuMs,
    cpuSystemMs: 0.25 * cpuMs,
    rssBytesMax: 1e9,
    gcPauseMs: 1234.5,
    gcPauseMsMax: 12.5,
    eventLoopDelayMsP99: 2.5,
    eventLoopDelayMsMax: 20,
    stages: name.startsWith('Worker') ? stagesOf(0.2 * cpuMs, 0.3 * cpuMs, 0.1 * cpuMs) : [],
    samples,
  };
}

/** A run as it is when it is over, of any size, without a socket: sums are as they would be, the shapes are drawn. */
export function synthesisedRun({
  patients,
  seconds,
  workers,
  servers,
  watchedPairs,
}: SynthesisedRun): FinishedRun {
  const { environment, generator, latency, freshness } = sampleRunRecord();
  const perSecond = (patients * 1000) / SLOT_MS;
  const counters = noCounters();
  counters.all.due = counters.all.sent = counters.all.acknowledged = perSecond * seconds;
  counters.measured = { ...counters.all };
  counters.joinedFrom = { [ANY_SOURCE]: patients };
  const phases = phasesOf(START_MS, {
    connectMs: 0,
    warmUpMs: 0,
    measureMs: 1000 * seconds,
    drainMs: 0,
  });
  const each = (index: number) =>
    Array.from({ length: seconds }, (_, second) =>
      Math.round(perSecond * (0.98 + 0.04 * noise(second, index))),
    );
  const fleet: FleetResult = {
    runId: 'synthesised',
    seed: 7,
    phases,
    interrupted: false,
    planned: perSecond * seconds,
    counters,
    latency: { ...latency.ack, unacknowledged: 0 },
    freshness: freshness.viewer,
    generator,
    processes: [
      ...Array.from({ length: workers }, (_, index) => processUse(`Worker ${index}`, index, seconds)),
      processUse("The viewers' process", workers, seconds),
    ],
    series: {
      latency: latencies(seconds, perSecond, 8, 2),
      counts: {
        startMs: START_MS,
        counts: { due: each(1), sent: each(2), acknowledged: each(3), refused: each(4), dropped: each(5) },
      },
      readingFreshness: latencies(seconds, (watchedPairs * 1000) / SLOT_MS, 15, 3),
      windowFreshness: latencies(seconds, watchedPairs / 60, 40, 4),
    },
    viewers: undefined,
    observations: undefined,
  };
  return {
    id: 'synthesised',
    options: {
      scenario: { ...production, patients },
      seed: 7,
      workers,
      transport: 'lean',
      targets: [],
      tokenSecret: 'of no use to anyone',
      cache: 'on',
      durability: 'process',
      folder: 'runs/synthesised',
      command: ['gaitway', 'run', 'production'],
    },
    version: '0.1.0',
    startedAtMs: START_MS,
    endedAtMs: START_MS + 1000 * seconds,
    window: { windowMs: 60_000, windowOriginMs: 0, windowPhaseSpreadMs: 60_000 },
    environment,
    fleet,
    audit: cleanAudit(),
    grades: notGraded('the run is synthesised'),
    servers: Array.from({ length: servers }, (_, index) => ({
      usage: {
        name: `server-${index}`,
        pid: 5000 + index,
        samples: Array.from({ length: seconds }, (_, second) => serverSample(second, index)),
        warnings: [],
      },
      readyAtMs: START_MS,
      report: { stages: stagesOf(150 * seconds, 300 * seconds), metricsText: '' },
    })),
    serversEnded: [],
    ledgerFiles: ['ledger/ledger-readings-0-of-1.bin'],
    archive: { kind: 'embedded', location: 'data' },
    notes: [],
  };
}

function serverSample(second: number, index: number): ProcessSample {
  return {
    cpuUserMs: 500 + 200 * noise(second, index + 120),
    cpuSystemMs: 150 + 50 * noise(second, index + 150),
    eventLoopDelayMaxMs: 12.5,
    eventLoopDelayP99SoFarMs: 3.5,
    gcPauses: 2,
    gcPauseMs: 4.5,
    gcPauseMaxMs: 3.25,
    rssBytes: Math.round(6e8 + 1e8 * noise(second, index + 180)),
    heapUsedBytes: 3e8,
  };
}

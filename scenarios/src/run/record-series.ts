import { type RunSeries, sparseHistogram } from '@gaitway/contract';
import type { ProcessSample } from '@gaitway/reference-server';
import { type EncodedLatencySeries, type FleetResult, latencyBucketsOf } from '@gaitway/simulator';

/** What one process used, a second at a time, however it was watched. */
export interface ProcessSeries {
  name: string;
  samples: readonly { atMs: number; cpuMs: number; rssBytes: number }[];
}

const STEP_MS = 1000;

/** The run second by second, as the record keeps it: every list has one entry a second from `startMs`. */
export function seriesOf(
  fleet: FleetResult,
  processes: readonly ProcessSeries[],
  span: { startMs: number; endMs: number },
  marks: RunSeries['marks'],
): RunSeries {
  const seconds = Math.max(1, Math.ceil((span.endMs - span.startMs) / STEP_MS));
  const counts: Record<string, number[]> = {};
  for (const [name, values] of Object.entries(fleet.series.counts.counts)) {
    counts[name] = Array.from({ length: seconds }, (_, second) => values[second] ?? 0);
  }
  return {
    startMs: span.startMs,
    stepMs: STEP_MS,
    counts,
    ackLatency: histograms(fleet.series.latency, seconds),
    freshnessReading: histograms(fleet.series.readingFreshness, seconds),
    freshnessWindow: histograms(fleet.series.windowFreshness, seconds),
    processes: Object.fromEntries(
      processes.map((process) => [process.name, usage(process, span.startMs, seconds)]),
    ),
    marks,
  };
}

function histograms(series: EncodedLatencySeries, seconds: number): number[][] {
  const lists: number[][] = Array.from({ length: seconds }, () => []);
  for (const [second, encoded] of series.seconds) {
    if (second >= 0 && second < seconds) lists[second] = sparseHistogram(latencyBucketsOf(encoded));
  }
  return lists;
}

function usage(process: ProcessSeries, startMs: number, seconds: number): RunSeries['processes'][string] {
  const cpuRatio: (number | null)[] = new Array(seconds).fill(null);
  const residentBytes: (number | null)[] = new Array(seconds).fill(null);
  for (const { atMs, cpuMs, rssBytes } of process.samples) {
    const second = Math.floor((atMs - startMs) / STEP_MS);
    if (second < 0 || second >= seconds) continue;
    // A thousandth of a core is finer than the system's own count.
    cpuRatio[second] = Math.round(1000 * (cpuRatio[second] ?? 0) + (1000 * cpuMs) / STEP_MS) / 1000;
    residentBytes[second] = rssBytes;
  }
  return { cpuRatio, residentBytes };
}

/** A server's samples carry no moment: they come once a second from `readyAtMs` on. */
export function serverSeries(
  name: string,
  samples: readonly ProcessSample[],
  readyAtMs: number,
): ProcessSeries {
  return {
    name,
    samples: samples.map(({ cpuUserMs, cpuSystemMs, rssBytes }, second) => ({
      atMs: readyAtMs + (second + 1) * STEP_MS,
      cpuMs: cpuUserMs + cpuSystemMs,
      rssBytes,
    })),
  };
}

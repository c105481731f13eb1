import { createHistogram, PerformanceObserver, performance } from 'node:perf_hooks';
import type { Clock, TimerHandle } from '@gaitway/contract';
import type { Meter } from './meter.ts';

/** What this process used since the last sample (or since the start, for the first). */
export interface ProcessSample {
  cpuUserMs: number;
  cpuSystemMs: number;
  /** How much later than asked for a timer came, at worst. */
  eventLoopDelayMaxMs: number;
  /** The 99th percentile of the times it was late, since the watch began: one second has too few for one. */
  eventLoopDelayP99SoFarMs: number;
  gcPauses: number;
  gcPauseMs: number;
  gcPauseMaxMs: number;
  /** At this moment. */
  rssBytes: number;
  heapUsedBytes: number;
}

export interface ProcessWatch {
  /** The figures since the last call; starts a new interval. */
  sample(): ProcessSample;
  close(): void;
}

const TICK_EVERY_MS = 10;
const NS_PER_MS = 1e6;

/**
 * Watches the process that it runs in. An adapter: it reads Node's own clocks and sets its own timer.
 *
 * Why not `monitorEventLoopDelay`: its `reset` also forgets the tick before, so a sample that is taken right
 * after a long block, and before the monitor's next tick, loses that block. Here it is in the sample.
 */
export function watchProcess(): ProcessWatch {
  const delaysNs = createHistogram();
  let delayMaxNs = 0;
  let lastTickMs = performance.now();
  function noteDelay(nowMs: number): boolean {
    const ns = Math.round((nowMs - lastTickMs - TICK_EVERY_MS) * NS_PER_MS);
    if (ns <= 0) return false;
    delaysNs.record(ns);
    delayMaxNs = Math.max(delayMaxNs, ns);
    return true;
  }
  const ticks = setInterval(() => {
    const nowMs = performance.now();
    noteDelay(nowMs);
    lastTickMs = nowMs;
  }, TICK_EVERY_MS);
  ticks.unref();
  let gcPauses = 0;
  let gcPauseMs = 0;
  let gcPauseMaxMs = 0;
  function note(entries: readonly { duration: number }[]): void {
    for (const { duration } of entries) {
      gcPauses++;
      gcPauseMs += duration;
      gcPauseMaxMs = Math.max(gcPauseMaxMs, duration);
    }
  }
  const collections = new PerformanceObserver((list) => note(list.getEntries()));
  collections.observe({ entryTypes: ['gc'] });
  let cpu = process.cpuUsage();
  let memory = { rss: 0, heapUsed: 0 };

  return {
    sample() {
      note(collections.takeRecords());
      // A tick that is overdue now is delay already; the tick itself shall not count it again.
      const nowMs = performance.now();
      if (noteDelay(nowMs)) lastTickMs = nowMs - TICK_EVERY_MS;
      const used = process.cpuUsage(cpu);
      cpu = process.cpuUsage();
      memory = memoryUsage() ?? memory;
      const { rss, heapUsed } = memory;
      const sample: ProcessSample = {
        cpuUserMs: used.user / 1000,
        cpuSystemMs: used.system / 1000,
        eventLoopDelayMaxMs: delayMaxNs / NS_PER_MS,
        eventLoopDelayP99SoFarMs: delaysNs.count > 0 ? delaysNs.percentile(99) / NS_PER_MS : 0,
        gcPauses,
        gcPauseMs,
        gcPauseMaxMs,
        rssBytes: rss,
        heapUsedBytes: heapUsed,
      };
      delayMaxNs = gcPauses = gcPauseMs = gcPauseMaxMs = 0;
      return sample;
    },
    close() {
      clearInterval(ticks);
      collections.disconnect();
    },
  };
}

/** Reading it takes a file descriptor: a process that has none left goes on, and reports what it last knew. */
function memoryUsage(): { rss: number; heapUsed: number } | undefined {
  try {
    return process.memoryUsage();
  } catch {
    return undefined;
  }
}

export const PROCESS_SAMPLE_EVERY_MS = 1000;

/**
 * Samples once a second: into the meter, and to `each` for those who want the whole sample.
 * Returns what stops it; the watch is not closed.
 */
export function reportProcess(
  watch: ProcessWatch,
  clock: Clock,
  meter: Meter,
  each: (sample: ProcessSample) => void = () => {},
): () => void {
  const cpu = meter.counter('processCpu');
  const resident = meter.gauge('processResident');
  const pause = meter.counter('gcPause');
  const delay = meter.gauge('eventLoopDelay');
  let timer: TimerHandle;
  function tick(): void {
    const sample = watch.sample();
    cpu.add((sample.cpuUserMs + sample.cpuSystemMs) / 1000);
    resident.set(sample.rssBytes);
    pause.add(sample.gcPauseMs / 1000);
    delay.set(sample.eventLoopDelayMaxMs / 1000);
    each(sample);
    timer = clock.setTimer(PROCESS_SAMPLE_EVERY_MS, tick);
  }
  timer = clock.setTimer(PROCESS_SAMPLE_EVERY_MS, tick);
  return () => clock.clearTimer(timer);
}

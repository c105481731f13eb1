import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ProcessSample, type ProcessWatch, reportProcess, watchProcess } from './event-loop.ts';
import { createManualClock } from './manual-clock.fixture.ts';
import { createNullMeter } from './null-meter.ts';

const open: ProcessWatch[] = [];
afterEach(() => {
  for (const watch of open.splice(0)) watch.close();
});

function spin(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

describe('the watch over a process', () => {
  it('has a block of the event loop in the very next sample, and in no other', async () => {
    const watch = watchProcess();
    open.push(watch);
    watch.sample();
    const before = process.cpuUsage();
    spin(300);
    // On a busy machine a block of 300 ms is not 300 ms of CPU.
    const { user, system } = process.cpuUsage(before);
    const sampledMs = performance.now();
    const blocked = watch.sample();
    expect(blocked.eventLoopDelayMaxMs).toBeGreaterThan(280);
    expect(blocked.cpuUserMs + blocked.cpuSystemMs).toBeGreaterThanOrEqual((user + system) / 1000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(watch.sample().eventLoopDelayMaxMs).toBeLessThan(performance.now() - sampledMs);
  });

  it('has a block that ended ticks before the sample', async () => {
    const watch = watchProcess();
    open.push(watch);
    watch.sample();
    spin(300);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(watch.sample().eventLoopDelayMaxMs).toBeGreaterThan(280);
  });

  it('keeps the 99th percentile over all samples: a block is still in it when the longest is of a later one', async () => {
    const watch = watchProcess();
    open.push(watch);
    spin(300);
    const blocked = watch.sample();
    // The only delay so far; the histogram keeps three digits of it.
    expect(blocked.eventLoopDelayP99SoFarMs / blocked.eventLoopDelayMaxMs).toBeCloseTo(1, 2);
    await new Promise((resolve) => setImmediate(resolve));
    const after = watch.sample();
    expect(after.eventLoopDelayP99SoFarMs).toBeGreaterThan(280);
    expect(after.eventLoopDelayMaxMs).toBeLessThan(250);
  });

  it('sees garbage being collected', async () => {
    const watch = watchProcess();
    open.push(watch);
    let pauses = 0;
    let kept: number[][] = [];
    await vi.waitFor(
      () => {
        for (let i = 0; i < 2000; i++) kept.push(new Array<number>(1000).fill(i));
        kept = [];
        const sample = watch.sample();
        pauses += sample.gcPauses;
        expect(sample.gcPauseMaxMs).toBeLessThanOrEqual(sample.gcPauseMs);
        expect(pauses).toBeGreaterThan(0);
      },
      { timeout: 60_000 },
    );
  });

  it('reports once a second until it is stopped', () => {
    const clock = createManualClock();
    const meter = createNullMeter();
    const sample: ProcessSample = {
      cpuUserMs: 300,
      cpuSystemMs: 200,
      eventLoopDelayMaxMs: 40,
      eventLoopDelayP99SoFarMs: 20,
      gcPauses: 2,
      gcPauseMs: 10,
      gcPauseMaxMs: 6,
      rssBytes: 5e6,
      heapUsedBytes: 3e6,
    };
    const seen: ProcessSample[] = [];
    const stop = reportProcess({ sample: () => sample, close: () => {} }, clock, meter, (each) => {
      seen.push(each);
    });
    clock.passMs(2500);
    stop();
    clock.passMs(5000);
    expect(seen).toEqual([sample, sample]);
    expect(meter.countOf('processCpu')).toBeCloseTo(1);
    expect(meter.countOf('gcPause')).toBeCloseTo(0.02);
    expect(meter.gaugeOf('processResident')).toBe(5e6);
    expect(meter.gaugeOf('eventLoopDelay')).toBeCloseTo(0.04);
  });
});

import { describe, expect, it } from 'vitest';
import { LatencyRecorder } from '../latency/latency-recorder.ts';
import { noCounters } from './counters.ts';
import { HealthWatch, judgeGenerator, type ProcessHealth, watchDrift } from './generator-health.ts';

const SLO_MS = 200;

const healthy = (changes: Partial<ProcessHealth> = {}): ProcessHealth => ({
  name: 'Worker 0',
  sendLagP99Ms: 40,
  readingsDue: 10_000,
  readingsLate: 10,
  eventLoopDelayMaxMs: 200,
  clockDriftMaxMs: 100,
  reportGapMaxMs: 2000,
  exhausted: {},
  ...changes,
});

const reasonsFor = (changes: Partial<ProcessHealth>) => judgeGenerator([healthy(changes)], SLO_MS).reasons;

describe('generator health', () => {
  it('is valid when every figure lies at its limit', () => {
    expect(judgeGenerator([healthy(), healthy({ name: 'Worker 1' })], SLO_MS)).toMatchObject({
      valid: true,
      reasons: [],
    });
  });

  it('names each limit that was passed, with the figure and the limit', () => {
    expect(reasonsFor({ sendLagP99Ms: 41 })).toEqual([
      'Worker 0 took up readings late: its p99 send lag was 41 ms, the limit is 40 ms (20 % of the tightest latency SLO, 200 ms).',
    ]);
    expect(reasonsFor({ eventLoopDelayMaxMs: 3012 })).toEqual([
      'Worker 0 stood still: its event loop was delayed by up to 3.0 s, the limit is 200 ms.',
    ]);
    expect(reasonsFor({ readingsLate: 11 })).toEqual([
      'Worker 0 took up 11 of 10000 readings (0.11 %) more than 200 ms late, the limit is 0.1 %.',
    ]);
    expect(reasonsFor({ clockDriftMaxMs: 1000 })).toEqual([
      'Worker 0 saw the wall clock move by 1.0 s against the monotonic clock, the limit is 100 ms.',
    ]);
    expect(reasonsFor({ reportGapMaxMs: 4100 })).toEqual([
      'Worker 0 did not report for 4.1 s, the limit is 2.0 s.',
    ]);
    expect(reasonsFor({ exhausted: { EADDRNOTAVAIL: 3, EMFILE: 1 } })).toEqual([
      'Worker 0 ran out of local ports 3 times (EADDRNOTAVAIL), the limit is 0.',
      'Worker 0 ran out of file descriptors of its process 1 times (EMFILE), the limit is 0.',
    ]);
  });

  it.each([
    [100.4, '100 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [1049, '1.0 s'],
    [1050, '1.1 s'],
  ])('says %d ms as %s', (clockDriftMaxMs, says) => {
    expect(reasonsFor({ clockDriftMaxMs })[0]).toContain(` move by ${says} against `);
  });

  it('moves its limits with the tightest SLO, except those of clock and reports', () => {
    const strict = judgeGenerator([healthy()], SLO_MS / 10);
    expect(strict.reasons).toHaveLength(2);
    expect(strict.valid).toBe(false);
    expect(judgeGenerator([healthy({ sendLagP99Ms: 80, eventLoopDelayMaxMs: 400 })], 2 * SLO_MS).valid).toBe(
      true,
    );
  });

  it('is invalid for a reason that was found otherwise, such as a dead worker', () => {
    expect(judgeGenerator([healthy()], SLO_MS, ['Worker 1 died.'])).toMatchObject({
      valid: false,
      reasons: ['Worker 1 died.'],
    });
  });

  it('sees a wall clock that is stepped by one second, forth or back, and nothing when it runs on', () => {
    let stepMs = 0;
    let passedMs = 0;
    const drift = watchDrift({ epochMs: () => 1e12 + passedMs + stepMs, monotonicMs: () => passedMs });
    passedMs = 5000;
    expect(drift()).toBe(0);
    stepMs = -1000;
    expect(drift()).toBe(-1000);
    const watch = new HealthWatch('Worker 0');
    watch.report({
      atMs: 0,
      judged: true,
      eventLoopDelayMaxMs: 0,
      clockDriftMs: drift(),
      counters: noCounters(),
    });
    expect(judgeGenerator([watch.get()], SLO_MS).reasons[0]).toMatch(/wall clock move by 1\.0 s/);
  });

  it('counts silence from the start of the run, also when a worker is stopped before it ever reported', () => {
    const report = { judged: true, eventLoopDelayMaxMs: 0, clockDriftMs: 0 };
    const watch = new HealthWatch('Worker 0');
    watch.expectFrom(1000);
    watch.report({ ...report, atMs: 5000 });
    expect(watch.get().reportGapMaxMs).toBe(4000);
    const early = new HealthWatch('Worker 1');
    early.expectFrom(1000);
    early.report({ ...report, atMs: 400 });
    early.report({ ...report, atMs: 1400 });
    expect(early.get().reportGapMaxMs).toBe(1000);
  });

  it('gathers the worst of a worker from its reports, and delays only where they are judged', () => {
    const watch = new HealthWatch('Worker 3');
    const report = { clockDriftMs: 0, counters: noCounters() };
    watch.report({ ...report, atMs: 1000, judged: false, eventLoopDelayMaxMs: 900 });
    watch.report({ ...report, atMs: 2000, judged: true, eventLoopDelayMaxMs: 30, clockDriftMs: -7 });
    watch.report({ ...report, atMs: 5500, judged: true, eventLoopDelayMaxMs: 20 });
    const counters = noCounters();
    counters.all.due = 50;
    counters.all.notSentOnTime = 2;
    counters.exhausted.EMFILE = 4;
    const sendLag = new LatencyRecorder();
    sendLag.record(12);
    watch.ended(counters, sendLag.encode());
    expect(watch.get()).toMatchObject({
      name: 'Worker 3',
      eventLoopDelayMaxMs: 30,
      clockDriftMaxMs: 7,
      reportGapMaxMs: 3500,
      readingsDue: 50,
      readingsLate: 2,
      exhausted: { EMFILE: 4 },
    });
    expect(watch.get().sendLagP99Ms).toBeCloseTo(12, 1);
  });
});

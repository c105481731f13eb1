import { describe, expect, it } from 'vitest';
import { createStageTimer, STAGE_SAMPLE_EVERY } from './stage-timer.ts';

/** A clock that counts how often it was looked at. */
function countedClock() {
  const clock = {
    atMs: 0,
    looks: 0,
    nowMs: () => {
      clock.looks += 1;
      return clock.atMs;
    },
  };
  return clock;
}

describe('the stage timer', () => {
  it('counts every call and scales the time of those that it timed', () => {
    const clock = countedClock();
    const timer = createStageTimer(clock.nowMs);
    const decode = timer.stage('decode');
    for (let call = 0; call < 6400; call++) {
      const token = decode.begin();
      clock.atMs += 0.5;
      decode.end(token);
    }
    expect(timer.stages()).toEqual([{ stage: 'decode', calls: 6400, cpuMs: 3200 }]);
    expect(clock.looks).toBe(2 * (STAGE_SAMPLE_EVERY + 99));
  });

  it('is exact for a stage that is seldom called', () => {
    const clock = countedClock();
    const timer = createStageTimer(clock.nowMs);
    const bulk = timer.stage('archive');
    for (const tookMs of [10, 30, 2]) {
      const token = bulk.begin();
      clock.atMs += tookMs;
      bulk.end(token);
    }
    expect(timer.stages()).toEqual([{ stage: 'archive', calls: 3, cpuMs: 42 }]);
  });

  it('keeps stages apart, in order, and gives the same one for the same name', () => {
    const clock = countedClock();
    const timer = createStageTimer(clock.nowMs);
    const first = timer.stage('decode');
    timer.stage('append');
    const token = first.begin();
    clock.atMs += 7;
    timer.stage('decode').end(token);
    expect(timer.stages()).toEqual([
      { stage: 'decode', calls: 1, cpuMs: 7 },
      { stage: 'append', calls: 0, cpuMs: 0 },
    ]);
  });

  it('gives a stage inside another its own time, and takes it from the other', () => {
    const clock = countedClock();
    const timer = createStageTimer(clock.nowMs);
    const outer = timer.stage('schedule');
    const inner = timer.stage('ledger');
    for (let call = 0; call < 6400; call++) {
      const outerToken = outer.begin();
      clock.atMs += 0.5;
      for (let within = 0; within < 3; within++) {
        const innerToken = inner.begin();
        clock.atMs += 0.25;
        inner.end(innerToken);
      }
      outer.end(outerToken);
    }
    expect(timer.stages()).toEqual([
      { stage: 'schedule', calls: 6400, cpuMs: 3200 },
      { stage: 'ledger', calls: 19_200, cpuMs: 4800 },
    ]);
    // Besides those inside a timed call, an inner stage times every 64th call of its own.
    expect(clock.looks).toBeLessThan(2 * (64 + 99) * 4 + 2 * (19_200 / STAGE_SAMPLE_EVERY));
  });

  it('goes on sampling after a section that threw and never ended', () => {
    const clock = countedClock();
    const timer = createStageTimer(clock.nowMs);
    const outer = timer.stage('decode');
    const inner = timer.stage('append');
    outer.begin();
    clock.atMs += 99;
    for (let call = 0; call < 640; call++) {
      const token = outer.begin();
      clock.atMs += 1;
      outer.end(token);
      const innerToken = inner.begin();
      clock.atMs += 2;
      inner.end(innerToken);
    }
    expect(timer.stages()).toEqual([
      { stage: 'decode', calls: 641, cpuMs: 63 + (641 - 64) },
      { stage: 'append', calls: 640, cpuMs: 1280 },
    ]);
    expect(clock.looks).toBeLessThan(400);
  });
});

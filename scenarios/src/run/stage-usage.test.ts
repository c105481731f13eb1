import type { ProcessUsage } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { stagesOf } from './stage-usage.ts';

const USED_MS = 1000;

const used = (name: string): ProcessUsage => ({
  name,
  role: 'worker',
  pid: 1,
  cpuUserMs: 0.75 * USED_MS,
  cpuSystemMs: 0.25 * USED_MS,
  residentBytesMax: null,
  gcPauseMs: null,
  eventLoopDelayMsP99: null,
  eventLoopDelayMsMax: null,
});

const timed = (...cpuMs: number[]) =>
  cpuMs.map((ms, index) => ({ stage: `stage-${index}`, calls: 10 + index, cpuMs: ms }));

describe('the stages of a process', () => {
  it('are given as they were found, and what is left of its CPU is unattributed', () => {
    const { stages, notes } = stagesOf([used('a')], new Map([['a', timed(200, 300)]]), 100);
    expect(stages).toEqual([
      { stage: 'stage-0', process: 'a', calls: 10, cpuMs: 200, cpuUsPerReading: 2000 },
      { stage: 'stage-1', process: 'a', calls: 11, cpuMs: 300, cpuUsPerReading: 3000 },
      { stage: 'unattributed', process: 'a', calls: 0, cpuMs: 500, cpuUsPerReading: 5000 },
    ]);
    expect(notes).toEqual([]);
  });

  it('are scaled down to its CPU when they were estimated to more, with a note, and no other process is touched', () => {
    const { stages, notes } = stagesOf(
      [used('a'), used('b')],
      new Map([
        ['a', timed(3000, 1000)],
        ['b', timed(400)],
      ]),
      100,
    );
    expect(stages.map(({ process, stage, calls, cpuMs }) => [process, stage, calls, cpuMs])).toEqual([
      ['a', 'stage-0', 10, 750],
      ['a', 'stage-1', 11, 250],
      ['a', 'unattributed', 0, 0],
      ['b', 'stage-0', 10, 400],
      ['b', 'unattributed', 0, 600],
    ]);
    expect(stages[0]!.cpuUsPerReading).toBe(7500);
    expect(notes).toEqual([
      'The stages of a were estimated to 4000 ms of CPU, and it used 1000 ms: they are given scaled down to that.',
    ]);
  });

  it('fill its CPU exactly without a note', () => {
    const { stages, notes } = stagesOf([used('a')], new Map([['a', timed(600, 400)]]), 0);
    expect(stages.map(({ cpuMs, cpuUsPerReading }) => [cpuMs, cpuUsPerReading])).toEqual([
      [600, null],
      [400, null],
      [0, null],
    ]);
    expect(notes).toEqual([]);
  });

  it('are nothing but unattributed where none were timed', () => {
    expect(stagesOf([used('a')], new Map(), 1).stages).toMatchObject([
      { stage: 'unattributed', calls: 0, cpuMs: USED_MS },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { validateRunRecord } from '../run-record/validate-run-record.ts';
import { synthesisedRun } from './finished-run.fixture.ts';
import { runRecordOf } from './run-record-of.ts';
import { recordText } from './write-record.ts';

const MINUTE = { patients: 100, seconds: 60, workers: 2, servers: 1, watchedPairs: 40 };
const SERIES_BYTES_PER_HOUR_MAX = 20_000_000;

describe('the record of a run', () => {
  it('says of each process where its CPU went, and with `unattributed` it is all of it', () => {
    const { processes, stages } = runRecordOf(synthesisedRun(MINUTE));
    expect(processes.map(({ name, role }) => `${name}: ${role}`)).toEqual([
      'server-0: server',
      'Worker 0: worker',
      'Worker 1: worker',
      "The viewers' process: viewer",
    ]);
    for (const { name, cpuUserMs, cpuSystemMs } of processes) {
      const own = stages.filter(({ process }) => process === name);
      const sumMs = own.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
      expect(sumMs).toBeCloseTo(cpuUserMs + cpuSystemMs, 6);
      expect(own.at(-1)!.stage).toBe('unattributed');
    }
    expect(stages.filter(({ process }) => process === 'Worker 1').map(({ stage }) => stage)).toEqual([
      'stage-0',
      'stage-1',
      'stage-2',
      'unattributed',
    ]);
  });

  it('marks in its series when each phase began', () => {
    const { phases, series } = runRecordOf(synthesisedRun(MINUTE));
    expect(series.marks).toEqual(
      phases.map(({ phase, fromMs }) => ({ atMs: fromMs, kind: 'phase', says: phase })),
    );
    expect(series.marks.map(({ says }) => says)).toEqual(['connect', 'warm-up', 'measure', 'drain']);
  });

  it('keeps all CPU of a worker that did not come to its end as unattributed', () => {
    const run = synthesisedRun(MINUTE);
    run.fleet.processes[1]!.stages = [];
    const { cpuUserMs, cpuSystemMs } = run.fleet.processes[1]!;
    const found = runRecordOf(run).stages.filter(({ process }) => process === 'Worker 1');
    expect(found).toMatchObject([{ stage: 'unattributed', calls: 0, cpuMs: cpuUserMs + cpuSystemMs }]);
  });

  it('scales stages that were estimated to more CPU than their process used, and says so', () => {
    const run = synthesisedRun(MINUTE);
    const worker = run.fleet.processes[1]!;
    worker.stages = worker.stages.map((stage) => ({ ...stage, cpuMs: 10 * stage.cpuMs }));
    const { stages, notes } = runRecordOf(run);
    const own = stages.filter(({ process }) => process === worker.name).map(({ cpuMs }) => cpuMs);
    expect(own.reduce((sum, cpuMs) => sum + cpuMs, 0)).toBeCloseTo(worker.cpuUserMs + worker.cpuSystemMs, 6);
    expect(own.at(-1)).toBe(0);
    expect(notes).toEqual([expect.stringMatching(/^The stages of Worker 1 were estimated to \d+ ms/)]);
    expect(runRecordOf(synthesisedRun(MINUTE)).notes).toBeUndefined();
  });

  it('counts as connected the devices that joined, whatever became of attempts, and their source addresses', () => {
    const run = synthesisedRun(MINUTE);
    const { counters } = run.fleet;
    counters.connectAttempts = 400;
    counters.linkEnds = { connect_timeout: 90, upgrade: 60, lost: 50, unreachable: 3 };
    counters.handshakesRefused = { token_expired: 2 };
    counters.joinedFrom = { '127.0.0.1': 30, '127.0.0.2': 7 };
    const { load, connections } = runRecordOf(run);
    expect(load.devices).toMatchObject({ planned: MINUTE.patients, connected: 37, refused: 2 });
    expect(connections.sourceAddresses).toBe(2);
    counters.joinedFrom = {};
    const nobody = runRecordOf(run);
    expect(nobody.load.devices.connected).toBe(0);
    expect(nobody.connections.sourceAddresses).toBe(0);
  });

  it("has of each process the event loop's delay, as it was reported last and at its longest", () => {
    const run = synthesisedRun(MINUTE);
    run.fleet.processes[0]!.eventLoopDelayMsP99 = 7.25;
    run.fleet.processes[1]!.eventLoopDelayMsP99 = null;
    run.servers[0]!.usage.samples.at(-1)!.eventLoopDelayP99SoFarMs = 4.75;
    expect(
      runRecordOf(run).processes.map(({ name, eventLoopDelayMsP99: p99, eventLoopDelayMsMax: max }) => [
        name,
        p99,
        max,
      ]),
    ).toEqual([
      ['server-0', 4.75, 12.5],
      ['Worker 0', 7.25, 20],
      ['Worker 1', null, 20],
      ["The viewers' process", 2.5, 20],
    ]);
  });

  it('reads back from its file as it was, and is valid', () => {
    const record = runRecordOf(synthesisedRun(MINUTE));
    const read = JSON.parse(recordText(record));
    expect(read).toEqual(JSON.parse(JSON.stringify(record)));
    expect(validateRunRecord(read)).toEqual([]);
  });

  it('takes at most 20 MB for an hour of 100,000 patients, as it is written', () => {
    const record = runRecordOf(
      synthesisedRun({ patients: 100_000, seconds: 3600, workers: 6, servers: 4, watchedPairs: 4000 }),
    );
    // It is a whole hour, and as dense as one: each second has its histograms, of every process its use.
    const { ackLatency, freshnessReading, freshnessWindow, processes } = record.series;
    expect(Object.keys(processes)).toHaveLength(11);
    expect(ackLatency).toHaveLength(3600);
    for (const [list, bucketsLeast] of [
      [ackLatency, 100],
      [freshnessReading, 60],
      [freshnessWindow, 20],
    ] as const) {
      const buckets = list.map((histogram) => histogram.length / 2).sort((a, b) => a - b);
      expect(buckets[0]).toBeGreaterThan(0);
      expect(buckets[1800]).toBeGreaterThan(bucketsLeast);
    }
    const samples = ackLatency[7]!.reduce((sum, count, at) => (at % 2 === 1 ? sum + count : sum), 0);
    expect(samples).toBeGreaterThan(19_000);
    const text = recordText(record);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(SERIES_BYTES_PER_HOUR_MAX);
  });
});

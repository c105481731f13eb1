import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryFanOut } from '../fanout/memory-fan-out.ts';
import { frameOf } from '../ingest/frames.fixture.ts';
import { createManualClock, type ManualClock } from '../observe/manual-clock.fixture.ts';
import { createNullMeter, type NullMeter } from '../observe/null-meter.ts';
import { createStageTimer } from '../observe/stage-timer.ts';
import { PROCESSOR_SETTINGS_DEFAULT, Processor } from './processor.ts';
import type { ProcessorStep } from './processor-meters.ts';
import { Refusals, RefusingArchive, RefusingLeases, RefusingLog } from './refusing-stores.fixture.ts';
import { STEP_SAYS } from './step-failures.ts';

const LEASE_TTL_MS = 5000;
const LEASE_TTL_SECONDS = LEASE_TTL_MS / 1000;

describe('a processor whose stores fail', () => {
  let clock: ManualClock;
  let meter: NullMeter;
  let refusals: Refusals;
  let log: RefusingLog;
  let leases: RefusingLeases;
  let warnings: string[];
  let processor: Processor;

  beforeEach(() => {
    clock = createManualClock();
    meter = createNullMeter();
    refusals = new Refusals();
    log = new RefusingLog(refusals);
    leases = new RefusingLeases(clock, refusals);
    warnings = [];
  });

  function start(): void {
    processor = new Processor({
      ...{ instance: 'a', log, leases, clock, meter },
      archive: new RefusingArchive(refusals),
      fanOut: new MemoryFanOut(),
      stages: createStageTimer(() => clock.monotonicMs()),
      warn: (says) => warnings.push(says),
      settings: {
        ...PROCESSOR_SETTINGS_DEFAULT,
        window: { windowMs: 60_000, windowOriginMs: 0, windowPhaseSpreadMs: 60_000 },
        allowedLatenessMs: 2000,
        leaseTtlMs: LEASE_TTL_MS,
      },
    });
    processor.start();
  }

  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.passMs(50);
      for (let turn = 0; turn < 60; turn++) await Promise.resolve();
    }
  }

  /** Partitions that it got to the point of committing. */
  async function committed(): Promise<number[]> {
    const progress = await Promise.all([0, 1].map((partition) => log.committed(partition)));
    return [0, 1].filter((partition) => progress[partition] !== null);
  }

  /** A reading whose window is over at once: it has to be archived in the next round. */
  async function appendOverdue(partition: number): Promise<void> {
    const bytes = frameOf({ startMs: clock.epochMs() - 300_000 });
    await log.append({
      receivedAtMs: clock.epochMs(),
      partitions: [{ partition, records: [{ patient: 'p1', ward: 'w0000', bytes }] }],
      watermarks: new Map(),
    });
  }

  const failures = (step: ProcessorStep) => meter.countOf('processorFailures', { step });
  const lagSeconds = () => meter.gaugeOf('processorLag')!;

  it('begins the partitions it holds once it can learn how far they are, however long that took', async () => {
    refusals.refuse('begin', 0, 1);
    start();
    await pass(4 * LEASE_TTL_MS);
    expect(await committed()).toEqual([]);
    refusals.clear();
    await pass(3000);
    expect(await committed()).toEqual([0, 1]);
    expect(meter.gaugeOf('partitionsOwned')).toBe(2);
  });

  it('takes the other partitions while one of them cannot be had, and that one when it can', async () => {
    refusals.refuse('acquire', 0);
    start();
    await pass(2 * LEASE_TTL_MS);
    expect(await committed()).toEqual([1]);
    refusals.clear();
    await pass(LEASE_TTL_MS);
    expect(await committed()).toEqual([0, 1]);
  });

  it('commits the other partitions while one cannot be, and that one when it can', async () => {
    refusals.refuse('commit', 0);
    start();
    await pass(5000);
    expect(await committed()).toEqual([1]);
    refusals.clear();
    await pass(2000);
    expect(await committed()).toEqual([0, 1]);
  });

  it('trims the other partitions of the log while one cannot be', async () => {
    refusals.refuse('trim', 0);
    start();
    await pass(15_000);
    expect([...log.trimmed]).toEqual([1]);
  });

  it.each(['refuses', 'never answers'])(
    'keeps the other lease while the store %s to renew one',
    async (how) => {
      start();
      await pass(1000);
      if (how === 'refuses') refusals.refuse('renew', 0);
      else leases.silent.add(0);
      await pass(1.5 * LEASE_TTL_MS);
      const kept = await leases.acquire(1, 'b', 1);
      expect(kept).toBeNull();
      expect(meter.countOf('leasesLost')).toBe(1);
    },
  );

  it('goes on with what it holds while nobody can tell who else is there', async () => {
    start();
    await pass(1000);
    refusals.refuse('owners', 0);
    await pass(4 * LEASE_TTL_MS);
    expect(meter.gaugeOf('partitionsOwned')).toBe(2);
    expect(lagSeconds()).toBeLessThan(0.1);
  });

  it.each<ProcessorStep>(['owners', 'acquire', 'renew', 'begin', 'read', 'commit', 'trim'])(
    'counts each failure of the step "%s" and tells of the first, until it has gone well for a minute',
    async (step) => {
      const toldOf = () => warnings.filter((says) => says.includes(STEP_SAYS[step]));
      if (step === 'renew') {
        start();
        await pass(1000);
      }
      refusals.refuse(step, 0, 1);
      if (step !== 'renew') start();
      await pass(30_000);
      expect(failures(step)).toBeGreaterThan(1);
      expect(toldOf()).toEqual([expect.stringContaining(`no ${step} today`)]);
      refusals.clear();
      await pass(70_000);
      const before = failures(step);
      expect(toldOf()).toHaveLength(1);
      // A lease is taken again, and its partition begun, only when it was lost.
      if (step === 'acquire' || step === 'begin') refusals.refuse('renew', 0, 1);
      refusals.refuse(step, 0, 1);
      await pass(25_000);
      expect(failures(step)).toBeGreaterThan(before + 1);
      expect(toldOf()).toHaveLength(2);
    },
  );

  it('goes on with the other partitions, and its lag tells of the one that waits', async () => {
    refusals.refuse('begin', 0);
    start();
    await pass(2 * LEASE_TTL_MS);
    expect(lagSeconds()).toBeGreaterThan(1.9 * LEASE_TTL_SECONDS);
    expect(await committed()).toEqual([1]);
    refusals.clear();
    await pass(2000);
    expect(await committed()).toEqual([0, 1]);
    expect(lagSeconds()).toBe(0);
  });

  it('counts as lag the time in which nothing could be read', async () => {
    start();
    await pass(1000);
    expect(lagSeconds()).toBe(0);
    refusals.refuse('read', 0);
    await pass(3000);
    expect(lagSeconds()).toBeCloseTo(3, 0);
    refusals.clear();
    await pass(100);
    expect(lagSeconds()).toBe(0);
  });

  it('counts as lag the time in which nothing could be archived, while it goes by', async () => {
    start();
    await pass(1000);
    refusals.refuse('archive', 0);
    await appendOverdue(0);
    await pass(4000);
    expect(lagSeconds()).toBeCloseTo(4, 0);
    await pass(4000);
    expect(lagSeconds()).toBeCloseTo(8, 0);
    refusals.clear();
    await pass(6000);
    expect(lagSeconds()).toBe(0);
  });

  it('reports no lag of partitions that it has given up, in the middle of a round as well', async () => {
    start();
    await pass(1000);
    refusals.refuse('archive', 0);
    await appendOverdue(0);
    await pass(2 * LEASE_TTL_MS);
    expect(lagSeconds()).toBeGreaterThan(1.9 * LEASE_TTL_SECONDS);
    leases.taken.add(0).add(1);
    await pass(LEASE_TTL_MS);
    expect(lagSeconds()).toBe(0);
    expect(meter.gaugeOf('partitionsOwned')).toBe(0);
  });

  it('reports no lag of leases that ran out because they could not be renewed', async () => {
    start();
    await pass(1000);
    refusals.refuse('archive', 0);
    refusals.refuse('renew', 0, 1);
    await appendOverdue(0);
    await pass(2 * LEASE_TTL_MS);
    expect(lagSeconds()).toBe(0);
  });

  it('has a problem when a round has waited for the archive for two lease times, until it is over', async () => {
    start();
    await pass(1000);
    refusals.refuse('archive', 0);
    await appendOverdue(0);
    await pass(2 * LEASE_TTL_MS - 100);
    expect(processor.problem()).toBeNull();
    await pass(200);
    expect(processor.problem()).toMatch(
      /^has completed no round for 10\.\d s \(limit 10 s\): it is still writing to the archive\. /,
    );
    refusals.clear();
    await pass(6000);
    expect(processor.problem()).toBeNull();
  });

  it('has a problem when its rounds have failed for two lease times, and says at what', async () => {
    start();
    await pass(1000);
    refusals.refuse('read', 0);
    await pass(2 * LEASE_TTL_MS + 100);
    expect(processor.problem()).toContain('reading the log fails: no read today');
    refusals.clear();
    await pass(100);
    expect(processor.problem()).toBeNull();
  });

  it('has no problem of its own while it waits with nothing to do', async () => {
    start();
    await pass(100_000);
    expect(processor.problem()).toBeNull();
    expect(warnings).toEqual([]);
  });
});

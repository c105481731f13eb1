import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { MemoryFanOut } from '../fanout/memory-fan-out.ts';
import { MemoryReadingLog } from '../ingest/memory-reading-log.ts';
import type { LogEntry, LogPosition, Progress } from '../ingest/reading-log.ts';
import { createManualClock, type ManualClock } from '../observe/manual-clock.fixture.ts';
import { createNullMeter, type NullMeter } from '../observe/null-meter.ts';
import { createStageTimer } from '../observe/stage-timer.ts';
import { MemoryPartitionLeases } from './memory-partition-leases.ts';
import type { Lease } from './partition-leases.ts';
import { PROCESSOR_SETTINGS_DEFAULT, Processor } from './processor.ts';

const LEASE_TTL_MS = 5000;

class SilentLog extends MemoryReadingLog {
  /** Partitions whose progress cannot be asked for. */
  readonly withoutProgress = new Set<number>();
  unreadable = false;

  override async progressOf(partition: number): Promise<Progress | null> {
    if (this.withoutProgress.has(partition)) throw new Error(`nobody knows how far ${partition} is`);
    return super.progressOf(partition);
  }

  override async read(
    from: readonly { partition: number; after: LogPosition | null }[],
    limit: number,
  ): Promise<Map<number, LogEntry[]>> {
    if (this.unreadable) throw new Error('the log cannot be read');
    return super.read(from, limit);
  }
}

class SilentLeases extends MemoryPartitionLeases {
  /** Partitions that are not given out the next time somebody asks. */
  readonly refusedOnce = new Set<number>();

  override async acquire(partition: number, owner: string, ttlMs: number): Promise<Lease | null> {
    if (this.refusedOnce.delete(partition)) throw new Error(`nobody knows who holds ${partition}`);
    return super.acquire(partition, owner, ttlMs);
  }
}

describe('a processor whose stores fail', () => {
  let clock: ManualClock;
  let meter: NullMeter;
  let log: SilentLog;
  let leases: SilentLeases;

  beforeEach(() => {
    clock = createManualClock();
    meter = createNullMeter();
    log = new SilentLog({ partitions: 2, entriesMax: 1000 });
    leases = new SilentLeases(clock);
  });

  function start(): void {
    new Processor({
      ...{ instance: 'a', log, leases, clock, meter },
      archive: new MemoryArchive(),
      fanOut: new MemoryFanOut(),
      stages: createStageTimer(() => clock.monotonicMs()),
      warn: () => {},
      settings: {
        ...PROCESSOR_SETTINGS_DEFAULT,
        window: { windowMs: 60_000, windowOriginMs: 0, windowPhaseSpreadMs: 60_000 },
        allowedLatenessMs: 2000,
        leaseTtlMs: LEASE_TTL_MS,
      },
    }).start();
  }

  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.passMs(50);
      for (let turn = 0; turn < 60; turn++) await Promise.resolve();
    }
  }

  /** Partitions that it got to the point of committing. */
  async function committed(): Promise<number[]> {
    const { withoutProgress } = log;
    const asked = [0, 1].filter((partition) => !withoutProgress.has(partition));
    const progress = await Promise.all(asked.map((partition) => log.progressOf(partition)));
    return asked.filter((_, index) => progress[index] !== null);
  }

  it('begins the partitions it holds once it can learn how far they are, however long that took', async () => {
    log.withoutProgress.add(0).add(1);
    start();
    await pass(4 * LEASE_TTL_MS);
    log.withoutProgress.clear();
    expect(await committed()).toEqual([]);
    await pass(3000);
    expect(await committed()).toEqual([0, 1]);
    expect(meter.gaugeOf('partitionsOwned')).toBe(2);
  });

  it('begins what it had taken before the next lease could not be had', async () => {
    leases.refusedOnce.add(1);
    start();
    await pass(2 * LEASE_TTL_MS);
    expect(await committed()).toEqual([0, 1]);
  });

  it('goes on with the other partitions, and its lag tells of the one that waits', async () => {
    log.withoutProgress.add(0);
    start();
    await pass(2 * LEASE_TTL_MS);
    expect(await committed()).toEqual([1]);
    expect(meter.gaugeOf('processorLag')).toBeGreaterThan(1.9 * (LEASE_TTL_MS / 1000));
    log.withoutProgress.clear();
    await pass(2000);
    expect(await committed()).toEqual([0, 1]);
    expect(meter.gaugeOf('processorLag')).toBe(0);
  });

  it('counts as lag the time in which nothing could be read', async () => {
    start();
    await pass(1000);
    expect(meter.gaugeOf('processorLag')).toBe(0);
    log.unreadable = true;
    await pass(3000);
    expect(meter.gaugeOf('processorLag')).toBeCloseTo(3, 0);
    log.unreadable = false;
    await pass(100);
    expect(meter.gaugeOf('processorLag')).toBe(0);
  });
});

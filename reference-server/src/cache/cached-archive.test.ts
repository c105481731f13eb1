import { uniform, type WindowDocument } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { describeArchive } from '../archive/archive.suite.ts';
import { type Archive, RETENTION_DEFAULT } from '../archive/archive.ts';
import { documentOf } from '../archive/documents.fixture.ts';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { createManualClock } from '../observe/manual-clock.fixture.ts';
import { createNullMeter } from '../observe/null-meter.ts';
import type { Cache } from './cache.ts';
import { CachedArchive } from './cached-archive.ts';
import { EmbeddedCache } from './embedded-cache.ts';
import { OFF_CACHE } from './off-cache.ts';

const MINUTE_MS = 60_000;
const FIRST_MS = documentOf('a', 0).startMs;
const TTL_MS = 30_000;

/** An archive that counts its reads, and whose reads can be held between the read and its answer. */
class WatchedArchive extends MemoryArchive {
  reads = 0;
  failNextWrite = false;
  #held: Promise<void> | undefined;
  #release = () => {};

  holdReads(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }
  releaseReads(): void {
    this.#held = undefined;
    this.#release();
  }
  override async windowsOf(...question: Parameters<Archive['windowsOf']>): Promise<WindowDocument[]> {
    const held = this.#held;
    const answer = await super.windowsOf(...question);
    this.reads++;
    await held;
    return answer;
  }
  override async patients(...question: Parameters<Archive['patients']>) {
    this.reads++;
    return super.patients(...question);
  }
  override async patient(patient: string) {
    this.reads++;
    return super.patient(patient);
  }
  override async alerts(...question: Parameters<Archive['alerts']>) {
    this.reads++;
    return super.alerts(...question);
  }
  override async medicationOf(...question: Parameters<Archive['medicationOf']>) {
    this.reads++;
    return super.medicationOf(...question);
  }
  override async saveWindows(windows: readonly WindowDocument[]) {
    const outcomes = await super.saveWindows(windows);
    if (this.failNextWrite) {
      this.failNextWrite = false;
      throw new Error('the connection was lost after the write');
    }
    return outcomes;
  }
}

function open(options: { bytesMax?: number; cache?: Cache } = {}) {
  const clock = createManualClock(FIRST_MS);
  const meter = createNullMeter();
  const archive = new WatchedArchive(RETENTION_DEFAULT);
  const cache = options.cache ?? new EmbeddedCache(options.bytesMax ?? 1e7, clock, meter);
  /** Another instance that shares archive and cache has another process id. */
  const instance = (processId: string) =>
    new CachedArchive({ archive, cache, clock, meter, ttlMs: TTL_MS, processId, windowMs: MINUTE_MS });
  const countOf = () => ({
    hits: meter.countOf('cacheRequests', { outcome: 'hit' }),
    misses: meter.countOf('cacheRequests', { outcome: 'miss' }),
    invalidations: meter.countOf('cacheInvalidations'),
  });
  return { clock, meter, archive, cached: instance('one'), instance, countOf };
}

function startsOf(documents: readonly WindowDocument[]): number[] {
  return documents.map(({ startMs }) => (startMs - FIRST_MS) / MINUTE_MS);
}

describeArchive('memory, behind an embedded cache', async (retention) => {
  const { clock, meter } = open();
  const archive = new CachedArchive({
    archive: new MemoryArchive(retention),
    cache: new EmbeddedCache(1e6, clock, meter),
    clock,
    meter,
    ttlMs: TTL_MS,
    processId: 'one',
    windowMs: MINUTE_MS,
  });
  return { archive, dispose: () => archive.close() };
});

describe('the archive behind a cache', () => {
  const lastQuarter = (atMinute: number) =>
    [FIRST_MS + (atMinute - 15) * MINUTE_MS, FIRST_MS + atMinute * MINUTE_MS] as const;

  it('reads windows once for viewers who ask at different moments', async () => {
    const { archive, cached, countOf, meter } = open();
    await archive.saveWindows(Array.from({ length: 40 }, (_, minute) => documentOf('a', minute)));
    expect(startsOf(await cached.windowsOf('a', ...lastQuarter(20), 100))).toEqual(
      Array.from({ length: 15 }, (_, i) => i + 5),
    );
    const { misses } = countOf();
    expect(archive.reads).toBe(1);
    expect(startsOf(await cached.windowsOf('a', ...lastQuarter(19.5), 100))).toEqual(
      Array.from({ length: 15 }, (_, i) => i + 5),
    );
    expect(startsOf(await cached.windowsOf('a', ...lastQuarter(20), 3))).toEqual([5, 6, 7]);
    expect(archive.reads).toBe(1);
    expect(countOf()).toMatchObject({ misses });
    expect(countOf().hits).toBeGreaterThanOrEqual(4);
    expect(meter.histogramOf('cacheDuration').count).toBe(3);
  });

  it('answers as the archive does, for whatever range and between whatever writes', async () => {
    const { archive, cached, clock } = open({ bytesMax: 30_000 });
    for (let step = 0; step < 400; step++) {
      const pick = (stream: number, below: number) => Math.floor(uniform(7, step, stream) * below);
      const patient = ['a', 'b'][pick(1, 2)]!;
      if (uniform(7, step, 2) < 0.3) {
        await cached.saveWindows([documentOf(patient, pick(3, 60), { revision: step + 1 })]);
      } else {
        const fromMs = FIRST_MS + (pick(4, 160) - 20) * (MINUTE_MS / 2) + pick(5, 3);
        const toMs = fromMs + (pick(6, 140) - 5) * (MINUTE_MS / 2);
        const limit = 1 + pick(8, 40);
        expect(await cached.windowsOf(patient, fromMs, toMs, limit)).toStrictEqual(
          await MemoryArchive.prototype.windowsOf.call(archive, patient, fromMs, toMs, limit),
        );
      }
      if (uniform(7, step, 9) < 0.02) clock.passMs(TTL_MS);
    }
  });

  it('goes straight to the archive for a long range', async () => {
    const { archive, cached, countOf } = open();
    await archive.saveWindows([documentOf('a', 0), documentOf('a', 500)]);
    for (let i = 0; i < 2; i++) {
      expect(startsOf(await cached.windowsOf('a', FIRST_MS, FIRST_MS + 600 * MINUTE_MS, 10))).toEqual([
        0, 500,
      ]);
    }
    expect(archive.reads).toBe(2);
    expect(countOf()).toMatchObject({ hits: 0, misses: 0 });
  });

  it('leaves no window out where windows were shorter once', async () => {
    const { archive, cached } = open();
    const dense = Array.from({ length: 300 }, (_, i) => {
      const startMs = FIRST_MS + i * 1000;
      return documentOf('a', 0, { startMs, endMs: startMs + 1000 });
    });
    await archive.saveWindows(dense);
    expect(await cached.windowsOf('a', FIRST_MS, FIRST_MS + 300_000, 1000)).toHaveLength(300);
    expect(await cached.windowsOf('a', FIRST_MS, FIRST_MS + 300_000, 1000)).toHaveLength(300);
  });

  it('shows a written window at once, on every instance, and leaves other patients alone', async () => {
    const { archive, cached, instance, countOf } = open();
    const other = instance('two');
    await cached.saveWindows([documentOf('a', 1), documentOf('b', 1)]);
    for (const patient of ['a', 'b']) await other.windowsOf(patient, FIRST_MS, FIRST_MS + MINUTE_MS * 9, 10);
    const before = countOf();
    await cached.saveWindows([documentOf('a', 2), documentOf('a', 3)]);
    expect(countOf().invalidations).toBe(before.invalidations + 1);
    const { reads } = archive;
    expect(startsOf(await other.windowsOf('b', FIRST_MS, FIRST_MS + MINUTE_MS * 9, 10))).toEqual([1]);
    expect(archive.reads).toBe(reads);
    expect(startsOf(await other.windowsOf('a', FIRST_MS, FIRST_MS + MINUTE_MS * 9, 10))).toEqual([1, 2, 3]);
    expect(archive.reads).toBe(reads + 1);
  });

  it.each(['the same instance', 'another instance'])(
    'does not bring an old value back when a slow read of %s ends after a write',
    async (who) => {
      const { archive, cached, instance } = open();
      const reader = who === 'the same instance' ? cached : instance('two');
      const ask = (from: CachedArchive) => from.windowsOf('a', FIRST_MS, FIRST_MS + 9 * MINUTE_MS, 10);
      await cached.saveWindows([documentOf('a', 1)]);
      for (const versionIsThere of [false, true]) {
        if (versionIsThere) {
          // Another block of the same patient: the group has a version, the block that is asked for is missing.
          await reader.windowsOf('a', FIRST_MS + 90 * MINUTE_MS, FIRST_MS + 91 * MINUTE_MS, 10);
        }
        const revision = versionIsThere ? 3 : 2;
        const { reads } = archive;
        archive.holdReads();
        const slow = ask(reader);
        for (let turns = 0; archive.reads === reads && turns < 1000; turns++) await Promise.resolve();
        expect(archive.reads).toBe(reads + 1);
        await cached.saveWindows([documentOf('a', 1, { revision })]);
        archive.releaseReads();
        expect((await slow).map((document) => document.revision)).toEqual([revision - 1]);
        for (const later of [cached, reader]) {
          expect((await ask(later)).map((document) => document.revision)).toEqual([revision]);
        }
        await cached.saveWindows([documentOf('a', 1, { revision })]);
      }
    },
  );

  it('does not trust what it holds after a write that failed', async () => {
    const { archive, cached } = open();
    const ask = () => cached.windowsOf('a', FIRST_MS, FIRST_MS + 9 * MINUTE_MS, 10);
    await ask();
    archive.failNextWrite = true;
    await expect(cached.saveWindows([documentOf('a', 1)])).rejects.toThrow('lost after the write');
    expect(startsOf(await ask())).toEqual([1]);
  });

  it('reads once for many who ask at once', async () => {
    const { archive, cached } = open();
    await archive.saveWindows([documentOf('a', 1)]);
    await cached.windowsOf('a', FIRST_MS + 90 * MINUTE_MS, FIRST_MS + 91 * MINUTE_MS, 10);
    const { reads } = archive;
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => cached.windowsOf('a', FIRST_MS, FIRST_MS + 9 * MINUTE_MS, 10)),
    );
    expect(archive.reads).toBe(reads + 1);
    for (const answer of answers) expect(startsOf(answer)).toEqual([1]);
  });

  it('does not keep a read that failed', async () => {
    const { archive, cached } = open();
    await archive.saveWindows([documentOf('a', 1)]);
    const windowsOf = archive.windowsOf;
    archive.windowsOf = () => Promise.reject(new Error('away'));
    await expect(cached.windowsOf('a', FIRST_MS, FIRST_MS + MINUTE_MS, 10)).rejects.toThrow('away');
    archive.windowsOf = windowsOf;
    expect(startsOf(await cached.windowsOf('a', FIRST_MS, FIRST_MS + 9 * MINUTE_MS, 10))).toEqual([1]);
  });

  it('serves nothing that is older than its time to live, if somebody wrote past it', async () => {
    const { archive, cached, clock } = open();
    const ask = () => cached.windowsOf('a', FIRST_MS, FIRST_MS + 9 * MINUTE_MS, 10);
    await ask();
    await archive.saveWindows([documentOf('a', 1)]);
    clock.passMs(TTL_MS - 1);
    expect(await ask()).toEqual([]);
    clock.passMs(1);
    expect(startsOf(await ask())).toEqual([1]);
  });

  it('keeps patients, alerts and medication until something of them is written', async () => {
    const { archive, cached } = open();
    const ada = {
      patient: 'a',
      ward: 'north',
      device: 1,
      displayName: 'Synthetic A',
      synthetic: true,
    } as const;
    const alert = {
      id: '1',
      patient: 'a',
      ward: 'north',
      rule: 'r',
      severity: 'notice',
      state: 'raised',
      atMs: 5,
      says: 's',
    } as const;
    const dose = { id: 'm', patient: 'a', takenAtMs: 5, medication: 'levodopa', doseMg: 100, enteredBy: 'n' };
    const questions = {
      patient: () => cached.patient('a'),
      patients: () => cached.patients({ wards: ['north'] }, null, 10),
      alerts: () => cached.alerts({ scope: {}, limit: 10 }),
      alertsOfPatient: () => cached.alerts({ scope: {}, patient: 'a', limit: 10 }),
      medication: () => cached.medicationOf('a', 0, 100, 10),
    };
    /** Each question is read once and then held; the answers. */
    async function answers() {
      const found: Record<string, unknown> = {};
      for (const [question, ask] of Object.entries(questions)) {
        found[question] = await ask();
        const { reads } = archive;
        expect(await ask()).toStrictEqual(found[question]);
        expect(archive.reads, question).toBe(reads);
      }
      return found;
    }
    expect(await answers()).toEqual({
      patient: null,
      patients: [],
      alerts: [],
      alertsOfPatient: [],
      medication: [],
    });
    await cached.savePatients([ada]);
    expect(await answers()).toMatchObject({ patient: ada, patients: [ada], alerts: [] });
    await cached.saveAlerts([alert]);
    expect(await answers()).toMatchObject({ alerts: [alert], alertsOfPatient: [alert] });
    const seen = await cached.acknowledgeAlert('1', 'd', 9);
    expect(seen).toMatchObject({ acknowledgedBy: 'd' });
    expect(await answers()).toMatchObject({ alerts: [seen], alertsOfPatient: [seen] });
    await cached.saveMedication(dose);
    expect(await answers()).toMatchObject({ medication: [dose], patients: [ada] });
    expect(await cached.acknowledgeAlert('2', 'd', 9)).toBeNull();
  });

  it('works without anything that is kept', async () => {
    const { cached, archive, countOf } = open({ cache: OFF_CACHE });
    await cached.saveWindows([documentOf('a', 1)]);
    for (let i = 0; i < 2; i++) {
      expect(startsOf(await cached.windowsOf('a', FIRST_MS, FIRST_MS + 9 * MINUTE_MS, 10))).toEqual([1]);
    }
    expect(archive.reads).toBe(2);
    expect(countOf().hits).toBe(0);
  });
});

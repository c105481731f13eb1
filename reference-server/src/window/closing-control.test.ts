import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openApiUnderTest } from '../api/api.fixture.ts';
import { LmdbReadingLog } from '../ingest/lmdb-reading-log.ts';
import { MemoryReadingLog } from '../ingest/memory-reading-log.ts';
import type { ReadingLog } from '../ingest/reading-log.ts';
import { openRedisReadingLog } from '../ingest/redis-reading-log.ts';
import { realClock } from '../real-clock.ts';
import { openLmdbEnvironment } from '../stores/lmdb-environment.ts';
import { connectRedis } from '../stores/redis-connection.ts';
import { ownRedisKeys } from '../stores/redis-service.fixture.ts';
import { ClosingControl } from './closing-control.ts';

/** As many as `--partitions` allows. */
const PARTITIONS = 1024;
const OPTIONS = { partitions: PARTITIONS, entriesMax: 1_000_000 };
const redisUrl = process.env.GAITWAY_REDIS_URL;

const disposals: (() => unknown)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose();
});

/** The same log twice, as two instances see it; where only one process may open it, that one for both. */
const LOGS: Record<string, () => Promise<[ReadingLog, ReadingLog]>> = {
  'in memory': async () => {
    const log = new MemoryReadingLog(OPTIONS);
    return [log, log];
  },
  'in LMDB': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gaitway-closing-'));
    const environment = openLmdbEnvironment(folder, 'process');
    disposals.push(() => rmSync(folder, { recursive: true }), environment.close);
    const log = new LmdbReadingLog(environment, OPTIONS);
    return [log, log];
  },
  ...(redisUrl === undefined
    ? {}
    : {
        'in Redis': async () => {
          const { keys, clear } = ownRedisKeys(redisUrl);
          disposals.push(clear);
          const open = async () => {
            const client = await connectRedis(redisUrl);
            const log = await openRedisReadingLog(client, keys, realClock, {
              ...OPTIONS,
              durability: 'process',
            });
            disposals.push(() => log.close());
            return log;
          };
          return [await open(), await open()];
        },
      }),
};

/** What a processor commits once it has closed: its progress lies on the newest entry of the partition. */
async function passMarkers(log: ReadingLog, partitions: readonly number[]): Promise<void> {
  for (const partition of partitions) {
    const after = (await log.progressOf(partition))?.position ?? null;
    const entries = (await log.read([{ partition, after }], 1000)).get(partition) ?? [];
    await log.commit(partition, 1, { position: entries.at(-1)?.position ?? after, closedThroughMs: 1 });
  }
}

const all = Array.from({ length: PARTITIONS }, (_, partition) => partition);

describe.each(Object.keys(LOGS))(`closing with ${PARTITIONS} partitions, the log %s`, (name) => {
  it('is asked for with a short id that any instance answers over HTTP', async () => {
    const [one, other] = await LOGS[name]!();
    const first = await openApiUnderTest({ control: new ClosingControl(one, realClock) });
    const second = await openApiUnderTest({ control: new ClosingControl(other, realClock) });
    const { status, body } = await first.ask('operator', 'POST', '/v1/control/close-open-windows');
    expect(status).toBe(202);
    const { id } = body as { id: string };
    expect(body).toEqual({ id, partitions: PARTITIONS, partitionsDone: 0, done: false });
    expect(id.length).toBeLessThan(40);
    const progressAt = async ({ ask }: typeof first) => {
      const answer = await ask('operator', 'GET', `/v1/control/close-open-windows?id=${id}`);
      expect(answer.status).toBe(200);
      return answer.body;
    };
    await passMarkers(one, all.slice(0, 1000));
    expect(await progressAt(second)).toMatchObject({ partitionsDone: 1000, done: false });
    await passMarkers(one, all.slice(1000));
    expect(await progressAt(first)).toMatchObject({ partitionsDone: PARTITIONS, done: true });
    expect(await progressAt(second)).toMatchObject({ partitionsDone: PARTITIONS, done: true });
  });
});

describe('closing of open windows', () => {
  const clock = (atMs: number) => ({ ...realClock, epochMs: () => atMs });
  const frame = { patient: 'p', ward: 'w', bytes: new Uint8Array(4) };

  it('is not done while its marker is unread, however much was appended before and after it', async () => {
    const log = new MemoryReadingLog({ partitions: 1, entriesMax: 1_000_000 });
    const append = async (entries: number) => {
      for (let i = 0; i < entries; i++) {
        const partitions = [{ partition: 0, records: [frame] }];
        await log.append({ receivedAtMs: 5000, partitions, watermarks: new Map() });
      }
    };
    await log.commit(0, 1, { position: null, closedThroughMs: 0 });
    await append(700);
    const { id } = await new ClosingControl(log, clock(5000)).closeOpenWindows();
    await append(700);
    const later = new ClosingControl(log, clock(9000));
    const again = await later.closeOpenWindows();
    expect(await later.closingProgress(id)).toMatchObject({ done: false });
    await log.commit(0, 1, { position: '700', closedThroughMs: 0 });
    expect(await later.closingProgress(id)).toMatchObject({ done: false });
    await log.commit(0, 1, { position: '701', closedThroughMs: 0 });
    expect(await later.closingProgress(id)).toMatchObject({ done: true });
    expect(await later.closingProgress(again.id)).toMatchObject({ done: false });
  });

  /** Counts what is read of it. */
  class CountingLog extends MemoryReadingLog {
    entriesRead = 0;

    override async read(...asked: Parameters<MemoryReadingLog['read']>) {
      const found = await super.read(...asked);
      for (const entries of found.values()) this.entriesRead += entries.length;
      return found;
    }
  }

  /** A log of as many partitions in each of which so many entries are unread. */
  async function logBehind(partitions: number, entries: number): Promise<CountingLog> {
    const log = new CountingLog({ partitions, entriesMax: 1_000_000 });
    for (let partition = 0; partition < partitions; partition++)
      await log.commit(partition, 1, { position: null, closedThroughMs: 0 });
    const batch = all.slice(0, partitions).map((partition) => ({ partition, records: [frame] }));
    for (let i = 0; i < entries; i++)
      await log.append({ receivedAtMs: 4000, partitions: batch, watermarks: new Map() });
    return log;
  }

  it('is asked about without a look at the log where it was asked for, however far behind that is', async () => {
    const log = await logBehind(8, 2000);
    const control = new ClosingControl(log, clock(5000));
    const { id } = await control.closeOpenWindows();
    await log.commit(3, 1, { position: '2000', closedThroughMs: 0 });
    expect(await control.closingProgress(id)).toMatchObject({ partitionsDone: 0 });
    await log.commit(3, 1, { position: '2001', closedThroughMs: 0 });
    expect(await control.closingProgress(id)).toMatchObject({ partitionsDone: 1, done: false });
    for (let partition = 0; partition < 8; partition++)
      await log.commit(partition, 1, { position: '2001', closedThroughMs: 0 });
    expect(await control.closingProgress(id)).toMatchObject({ partitionsDone: 8, done: true });
    expect(log.entriesRead).toBe(0);
  });

  it('is looked for once, in bounded steps, where another instance was asked for it', async () => {
    const log = await logBehind(8, 3000);
    const { id } = await new ClosingControl(log, clock(5000)).closeOpenWindows();
    const control = new ClosingControl(log, clock(9000));
    let readBefore = 0;
    for (let asked = 0; asked < 10; asked++) {
      expect(await control.closingProgress(id)).toMatchObject({ partitionsDone: 0 });
      expect(log.entriesRead - readBefore).toBeLessThan(12_000);
      readBefore = log.entriesRead;
    }
    expect(log.entriesRead).toBe(8 * 3001);
    for (let partition = 0; partition < 8; partition++)
      await log.commit(partition, 1, { position: '3001', closedThroughMs: 0 });
    expect(await control.closingProgress(id)).toMatchObject({ partitionsDone: 8, done: true });
    // One that never heard of it finds nothing unread, which says the same.
    expect(await new ClosingControl(log, clock(9000)).closingProgress(id)).toMatchObject({ done: true });
    expect(log.entriesRead).toBe(8 * 3001);
  });

  it('comes to an end where it was looked for while the processor went on', async () => {
    const log = await logBehind(1, 30_000);
    const { id } = await new ClosingControl(log, clock(5000)).closeOpenWindows();
    const control = new ClosingControl(log, clock(9000));
    await log.commit(0, 1, { position: '5000', closedThroughMs: 0 });
    expect(await control.closingProgress(id)).toMatchObject({ done: false });
    await log.commit(0, 1, { position: '29000', closedThroughMs: 0 });
    expect(await control.closingProgress(id)).toMatchObject({ done: false });
    await log.commit(0, 1, { position: '30001', closedThroughMs: 0 });
    expect(await control.closingProgress(id)).toMatchObject({ done: true });
  });

  it('is answered for after so many others that it was forgotten', async () => {
    const log = await logBehind(2, 3);
    let nowMs = 5000;
    const control = new ClosingControl(log, { ...realClock, epochMs: () => nowMs });
    const { id } = await control.closeOpenWindows();
    for (nowMs = 5001; nowMs < 5020; nowMs++) await control.closeOpenWindows();
    expect(await control.closingProgress(id)).toMatchObject({ partitionsDone: 0 });
    for (const partition of [0, 1]) await log.commit(partition, 1, { position: '4', closedThroughMs: 0 });
    expect(await control.closingProgress(id)).toMatchObject({ done: true });
  });

  it('is not known by an id that was garbled, or that is of a log with other partitions', async () => {
    const control = new ClosingControl(new MemoryReadingLog({ partitions: 2, entriesMax: 10 }), clock(5000));
    const other = new ClosingControl(new MemoryReadingLog({ partitions: 3, entriesMax: 10 }), clock(5000));
    const { id } = await control.closeOpenWindows();
    expect(await control.closingProgress(id)).toMatchObject({ id, partitions: 2 });
    expect(await other.closingProgress(id)).toBeNull();
    for (const wrong of ['', '-', 'x', '3uw', `${id}0`, `1${id}`, id.toUpperCase(), ' ', 'W10'])
      expect(await control.closingProgress(wrong)).toBeNull();
  });
});

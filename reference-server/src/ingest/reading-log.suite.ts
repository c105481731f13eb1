import { afterEach, describe, expect, it } from 'vitest';
import { type LogEntry, LogFull, type LogPosition, type ReadingLog } from './reading-log.ts';
import {
  batchOf,
  frameOf,
  nextTurn,
  plain,
  readAll,
  recordOf,
  recordsOf,
  watermarks,
} from './reading-log-samples.fixture.ts';

export interface ReadingLogOptions {
  partitions: number;
  entriesMax: number;
}

/** An empty log, and how a test gets hold of it again. */
export interface ReadingLogUnderTest {
  log: ReadingLog;
  /** Closes the log and opens what it left behind. Absent: nothing outlives the object. */
  reopen?: () => Promise<ReadingLog>;
  dispose: () => Promise<void>;
}

/** What a port allows an adapter to leave to somebody else. */
export interface ReadingLogTraits {
  /** `false`: retention bounds it, and it forgets nothing on `trim`. */
  trims: boolean;
  /** `false`: progress is that of this process; a new one starts from the beginning and repeats. */
  keepsProgress: boolean;
}

const PARTITIONS = 4;
const ENTRIES_MAX = 50;

/** The behaviour of every reading log. How many entries one append makes is the adapter's own business. */
export function describeReadingLog(
  name: string,
  make: (options: ReadingLogOptions) => Promise<ReadingLogUnderTest>,
  traits: ReadingLogTraits = { trims: true, keepsProgress: true },
): void {
  describe(`reading log: ${name}`, () => {
    let opened: ReadingLogUnderTest[] = [];
    afterEach(async () => {
      for (const one of opened) await one.dispose();
      opened = [];
    });

    async function openLog(options: Partial<ReadingLogOptions> = {}): Promise<ReadingLogUnderTest> {
      const made = await make({ partitions: PARTITIONS, entriesMax: ENTRIES_MAX, ...options });
      opened.push(made);
      return made;
    }

    describe('append and read', () => {
      it('gives back what was appended, whole and in order', async () => {
        const { log } = await openLog();
        await log.append(batchOf(2, [recordOf('a', 1), recordOf('b', 2)], 1000));
        await log.append(batchOf(2, [recordOf('a', 3)], 2000));
        const entries = await readAll(log, 2);
        expect(recordsOf(entries)).toEqual([plain('a', 1), plain('b', 2), plain('a', 3)]);
        expect(
          entries.filter((entry) => entry.receivedAtMs === 1000).flatMap((entry) => entry.records),
        ).toHaveLength(2);
        expect(entries.at(-1)?.receivedAtMs).toBe(2000);
        expect(entries.every((entry) => entry.closeOpen !== true)).toBe(true);
      });

      it('keeps letters outside ASCII, long names, and frames of every length', async () => {
        const { log } = await openLog();
        const patient = `Žofie-Ångström-患者-${'x'.repeat(300)}`;
        const bytes = Uint8Array.from({ length: 336 }, (_, i) => i & 0xff);
        const records = [
          { patient, ward: 'Südflügel', bytes },
          { patient: 'p', ward: '', bytes: Uint8Array.of(7) },
        ];
        await log.append(batchOf(0, records));
        expect(recordsOf(await readAll(log, 0))).toEqual(
          records.map((record) => ({ ...record, bytes: [...record.bytes] })),
        );
      });

      it('keeps its own copy of the bytes', async () => {
        const { log } = await openLog();
        const record = recordOf('a', 1);
        await log.append(batchOf(0, [record]));
        record.bytes.fill(0);
        expect(recordsOf(await readAll(log, 0))).toEqual([plain('a', 1)]);
      });

      it('reads several partitions at once, each from its own position', async () => {
        const { log } = await openLog();
        await log.append({
          receivedAtMs: 1,
          watermarks: new Map(),
          partitions: [
            { partition: 0, records: [recordOf('a', 1)] },
            { partition: 3, records: [recordOf('d', 1)] },
          ],
        });
        const afterFirst = (await readAll(log, 0)).at(-1)!.position;
        await log.append(batchOf(0, [recordOf('a', 2)]));
        const read = await log.read(
          [
            { partition: 0, after: afterFirst },
            { partition: 1, after: null },
            { partition: 3, after: null },
          ],
          10,
        );
        expect(recordsOf(read.get(0) ?? [])).toEqual([plain('a', 2)]);
        expect(read.get(1) ?? []).toEqual([]);
        expect(recordsOf(read.get(3) ?? [])).toEqual([plain('d', 1)]);
        expect(read.has(2)).toBe(false);
      });

      it('gives at most `limit` entries of each partition, and all of them in the end', async () => {
        const { log } = await openLog();
        for (let seq = 0; seq < 5; seq++) {
          await log.append(batchOf(1, [recordOf('a', seq)]));
          await log.append(batchOf(2, [recordOf('b', seq)]));
        }
        const first = await log.read(
          [
            { partition: 1, after: null },
            { partition: 2, after: null },
          ],
          2,
        );
        expect(first.get(1)).toHaveLength(2);
        expect(first.get(2)).toHaveLength(2);
        expect(recordsOf(await readAll(log, 1, 2)).map((record) => record.bytes[0])).toEqual([0, 1, 2, 3, 4]);
      });

      it('is empty at its tail, and does not wait there', async () => {
        const { log } = await openLog();
        await log.append(batchOf(0, [recordOf('a', 1)]));
        const { position } = (await readAll(log, 0)).at(-1)!;
        const read = await log.read([{ partition: 0, after: position }], 10);
        expect(read.get(0) ?? []).toEqual([]);
      });

      it('never lets a reader that follows the tail miss an entry, with appends under way at once', async () => {
        const { log } = await openLog();
        const appends = Array.from({ length: 20 }, (_, i) => log.append(batchOf(0, [recordOf('a', i)])));
        const seen: number[] = [];
        let after: LogPosition | null = null;
        let settled = false;
        const all = Promise.all(appends).then(() => {
          settled = true;
        });
        for (;;) {
          const last = settled;
          const entries: LogEntry[] = (await log.read([{ partition: 0, after }], 3)).get(0) ?? [];
          for (const entry of entries) seen.push(...entry.records.map((record) => record.bytes[0]!));
          after = entries.at(-1)?.position ?? after;
          if (entries.length === 0) {
            if (last) break;
            await Promise.race([all, nextTurn()]);
          }
        }
        expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
      });
    });

    describe('watermarks', () => {
      it('are there as soon as the append is, for the devices that have one', async () => {
        const { log } = await openLog();
        await log.append(batchOf(0, [recordOf('a', 5)], 1, watermarks([7, 1, 5, 5000], [8, 65535, 0, 400])));
        expect(await log.watermarksOf([7, 8, 9])).toEqual(watermarks([7, 1, 5, 5000], [8, 65535, 0, 400]));
      });

      it('never go back within a boot', async () => {
        const { log } = await openLog();
        await log.append(batchOf(0, [recordOf('a', 5)], 1, watermarks([7, 1, 5, 5000])));
        await log.append(batchOf(0, [recordOf('a', 3)], 2, watermarks([7, 1, 3, 3000])));
        expect(await log.watermarksOf([7])).toEqual(watermarks([7, 1, 5, 5000]));
        await log.append(batchOf(0, [recordOf('a', 6)], 3, watermarks([7, 1, 6, 6000])));
        expect(await log.watermarksOf([7])).toEqual(watermarks([7, 1, 6, 6000]));
      });

      it('keep the latest start although the number stays or an earlier start comes with a higher one', async () => {
        const { log } = await openLog();
        await log.append(batchOf(0, [recordOf('a', 5)], 1, watermarks([7, 1, 5, 5000])));
        await log.append(batchOf(0, [recordOf('a', 8)], 2, watermarks([7, 1, 5, 8000])));
        expect(await log.watermarksOf([7])).toEqual(watermarks([7, 1, 5, 8000]));
        await log.append(batchOf(0, [recordOf('a', 6)], 3, watermarks([7, 1, 6, 6000])));
        expect(await log.watermarksOf([7])).toEqual(watermarks([7, 1, 6, 8000]));
      });

      // Numbers far apart do not count the starts of one device: their starts in time decide (boot-order.ts).
      it.each([
        { stored: 1, next: 2, startMs: 100, wins: true },
        { stored: 2, next: 1, startMs: 99_000, wins: false },
        { stored: 65535, next: 0, startMs: 100, wins: true },
        { stored: 0, next: 65535, startMs: 99_000, wins: false },
        { stored: 0, next: 256, startMs: 100, wins: true },
        { stored: 0, next: 65280, startMs: 99_000, wins: false },
        { stored: 0, next: 257, startMs: 100, wins: false },
        { stored: 0, next: 65279, startMs: 99_000, wins: true },
        { stored: 0, next: 32768, startMs: 9001, wins: true },
        { stored: 40000, next: 7231, startMs: 99_000, wins: true },
        { stored: 7231, next: 40000, startMs: 99_000, wins: true },
        { stored: 40000, next: 7231, startMs: 9000, wins: true },
        { stored: 7231, next: 40000, startMs: 9000, wins: false },
      ])(
        'boot $next from $startMs ms on, after boot $stored at 9000 ms: replaced $wins',
        async ({ stored, next, startMs, wins }) => {
          const { log } = await openLog();
          await log.append(batchOf(0, [recordOf('a', 1)], 1, watermarks([7, stored, 900, 9000])));
          await log.append(batchOf(0, [recordOf('a', 1)], 2, watermarks([7, next, 1, startMs])));
          expect(await log.watermarksOf([7])).toEqual(
            watermarks(wins ? [7, next, 1, startMs] : [7, stored, 900, 9000]),
          );
        },
      );

      it('of many devices are found at once, at the ends of their ranges too (-1: nothing durable yet)', async () => {
        const { log } = await openLog();
        const many = watermarks([0, 0, -1, 0], [0xffffffff, 65535, 0xffffffff, 281474976710655]);
        for (let device = 1; device <= 600; device++)
          many.set(device, { boot: 1, seq: device, startMs: device * 10 });
        await log.append(batchOf(0, [recordOf('a', 1)], 1, many));
        expect(await log.watermarksOf([...many.keys()])).toEqual(many);
      });
    });

    describe('progress', () => {
      it('is null until something was committed', async () => {
        const { log } = await openLog();
        expect(await log.progressOf(0)).toBeNull();
      });

      it('is what was committed last, for each partition', async () => {
        const { log } = await openLog();
        await log.append(batchOf(0, [recordOf('a', 1)]));
        const { position } = (await readAll(log, 0)).at(-1)!;
        expect(await log.commit(0, 1, { position: null, closedThroughMs: 60_000 })).toBe(true);
        expect(await log.progressOf(0)).toEqual({ position: null, closedThroughMs: 60_000 });
        expect(await log.commit(0, 1, { position, closedThroughMs: 120_000 })).toBe(true);
        expect(await log.progressOf(0)).toEqual({ position, closedThroughMs: 120_000 });
        expect(await log.progressOf(1)).toBeNull();
      });

      it('is fenced: a lower epoch changes nothing, a higher one takes over', async () => {
        const { log } = await openLog();
        expect(await log.commit(0, 5, { position: null, closedThroughMs: 50 })).toBe(true);
        expect(await log.commit(0, 4, { position: null, closedThroughMs: 40 })).toBe(false);
        expect(await log.progressOf(0)).toEqual({ position: null, closedThroughMs: 50 });
        expect(await log.commit(0, 10, { position: null, closedThroughMs: 60 })).toBe(true);
        expect(await log.commit(0, 9, { position: null, closedThroughMs: 70 })).toBe(false);
        expect(await log.progressOf(0)).toEqual({ position: null, closedThroughMs: 60 });
      });
    });

    describe('trim', () => {
      it('leaves everything above the committed position, and everything of other partitions', async () => {
        const { log } = await openLog();
        for (let seq = 0; seq < 6; seq++) await log.append(batchOf(0, [recordOf('a', seq)]));
        await log.append(batchOf(1, [recordOf('b', 0)]));
        const entries = await readAll(log, 0);
        await log.commit(0, 1, { position: entries[2]!.position, closedThroughMs: 0 });
        await log.trim(0);
        await log.trim(1);
        expect(recordsOf(await readAll(log, 0, 10, entries[2]!.position))).toEqual(
          [3, 4, 5].map((seq) => plain('a', seq)),
        );
        expect(recordsOf(await readAll(log, 1))).toEqual([plain('b', 0)]);
      });

      it('removes nothing while nothing is committed', async () => {
        const { log } = await openLog();
        await log.append(batchOf(0, [recordOf('a', 1)]));
        await log.trim(0);
        await log.commit(0, 1, { position: null, closedThroughMs: 60_000 });
        await log.trim(0);
        expect(recordsOf(await readAll(log, 0))).toEqual([plain('a', 1)]);
      });

      it('of everything goes on with higher positions', async () => {
        const { log } = await openLog();
        await log.append(batchOf(0, [recordOf('a', 1), recordOf('a', 2)]));
        const { position } = (await readAll(log, 0)).at(-1)!;
        await log.commit(0, 1, { position, closedThroughMs: 0 });
        await log.trim(0);
        await log.append(batchOf(0, [recordOf('a', 3)]));
        expect(recordsOf(await readAll(log, 0, 10, position))).toEqual([plain('a', 3)]);
      });

      if (traits.trims) {
        it('forgets what lies at or below the committed position', async () => {
          const { log } = await openLog();
          for (let seq = 0; seq < 4; seq++) await log.append(batchOf(0, [recordOf('a', seq)]));
          const entries = await readAll(log, 0);
          await log.commit(0, 1, { position: entries[1]!.position, closedThroughMs: 0 });
          await log.trim(0);
          expect(recordsOf(await readAll(log, 0))).toEqual([plain('a', 2), plain('a', 3)]);
          expect(await log.entriesHeld()).toBe(2);
        });
      }
    });

    describe('the marker that closes open windows', () => {
      it('goes into every partition, after what is there and before what follows', async () => {
        const { log } = await openLog();
        await log.append(batchOf(0, [recordOf('a', 1)]));
        const positions = await log.appendCloseOpen(7000);
        await log.append(batchOf(0, [recordOf('a', 2)]));
        expect([...positions.keys()].sort()).toEqual([0, 1, 2, 3]);
        for (let partition = 0; partition < PARTITIONS; partition++) {
          const entries = await readAll(log, partition);
          const markers = entries.filter((entry) => entry.closeOpen === true);
          expect(markers).toHaveLength(1);
          expect(markers[0]).toMatchObject({
            receivedAtMs: 7000,
            records: [],
            position: positions.get(partition),
          });
        }
        const order = (await readAll(log, 0)).map((entry) => entry.closeOpen ?? entry.records[0]?.bytes[0]);
        expect(order).toEqual([1, true, 2]);
      });
    });

    if (traits.trims) {
      describe('the bound', () => {
        it('refuses with LogFull, appends nothing then, and takes more once it was trimmed', async () => {
          const { log } = await openLog({ entriesMax: 3 });
          for (let seq = 0; seq < 3; seq++) await log.append(batchOf(0, [recordOf('a', seq)]));
          const refused = batchOf(0, [recordOf('a', 3)], 1, watermarks([7, 1, 3, 3000]));
          await expect(log.append(refused)).rejects.toBeInstanceOf(LogFull);
          expect(recordsOf(await readAll(log, 0))).toHaveLength(3);
          expect(await log.watermarksOf([7])).toEqual(new Map());
          expect(await log.entriesHeld()).toBe(3);

          const { position } = (await readAll(log, 0)).at(-1)!;
          await log.commit(0, 1, { position, closedThroughMs: 0 });
          await log.trim(0);
          await log.append(refused);
          expect(recordsOf(await readAll(log, 0))).toEqual([plain('a', 3)]);
        });

        it('does not keep the marker out, so that a full log can be drained', async () => {
          const { log } = await openLog({ entriesMax: 1 });
          await log.append(batchOf(0, [recordOf('a', 0)]));
          const positions = await log.appendCloseOpen(5);
          expect((await readAll(log, 3)).at(-1)?.position).toBe(positions.get(3));
        });
      });
    }

    it('says how durable it is', async () => {
      const { log } = await openLog();
      expect(log.partitions).toBe(PARTITIONS);
      expect(['process', 'machine']).toContain(log.durability.level);
      expect(log.durability.detail).not.toBe('');
    });

    it('opened again, has its entries, markers and watermarks, and goes on above them', async () => {
      const made = await openLog();
      const { log } = made;
      const [first, second, other, third] = [
        frameOf(7, 1, 0),
        frameOf(7, 1, 1),
        frameOf(8, 3, 0),
        frameOf(7, 1, 2),
      ];
      await log.append(batchOf(0, [first], 1, watermarks([7, 1, 0, 0])));
      await log.append(batchOf(0, [second], 1, watermarks([7, 1, 1, 5000])));
      await log.append(batchOf(0, [other], 1, watermarks([8, 3, 0, 0])));
      await log.appendCloseOpen(9);
      const entries = await readAll(log, 0);
      const { position } = entries[0]!;
      await log.commit(0, 3, { position, closedThroughMs: 60_000 });
      await log.trim(0);

      const again = made.reopen ? await made.reopen() : log;
      expect(await again.watermarksOf([7, 8])).toEqual(watermarks([7, 1, 1, 5000], [8, 3, 0, 0]));
      await again.append(batchOf(0, [third]));
      const rest = await readAll(again, 0, 10, position);
      expect(rest.map((entry) => entry.closeOpen ?? [...(entry.records[0]?.bytes ?? [])])).toEqual([
        [...second.bytes],
        [...other.bytes],
        true,
        [...third.bytes],
      ]);
      if (!traits.keepsProgress) return;
      expect(await again.progressOf(0)).toEqual({ position, closedThroughMs: 60_000 });
      expect(await again.commit(0, 2, { position: null, closedThroughMs: 0 })).toBe(false);
    });

    it('opened again after everything was trimmed, does not use a position twice', async () => {
      const made = await openLog();
      await made.log.append(batchOf(0, [recordOf('a', 1), recordOf('a', 2)]));
      const { position } = (await readAll(made.log, 0)).at(-1)!;
      await made.log.commit(0, 1, { position, closedThroughMs: 0 });
      await made.log.trim(0);
      const again = made.reopen ? await made.reopen() : made.log;
      await again.append(batchOf(0, [recordOf('a', 3)]));
      expect(recordsOf(await readAll(again, 0, 10, position))).toEqual([plain('a', 3)]);
    });
  });
}

import { afterEach, describe, expect, it } from 'vitest';
import { isAtOrAfter } from './log-position.ts';
import { LogFull, type ReadingLog } from './reading-log.ts';
import { describeEntries } from './reading-log-entries.suite.ts';
import { describeProgress, describeTrim } from './reading-log-progress.suite.ts';
import {
  batchOf,
  frameOf,
  plain,
  readAll,
  recordOf,
  recordsOf,
  watermarks,
} from './reading-log-samples.fixture.ts';
import { describeWatermarks } from './reading-log-watermarks.suite.ts';

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

    const openEmpty = async () => (await openLog()).log;

    describe('append and read', () => describeEntries(openEmpty));

    describe('watermarks', () => describeWatermarks(openEmpty));

    describe('progress', () => describeProgress(openEmpty));

    describe('trim', () => describeTrim(openEmpty, traits.trims));

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

      it('has a position that is compared with any other of its partition', async () => {
        const { log } = await openLog();
        for (let seq = 0; seq < 12; seq++) await log.append(batchOf(1, [recordOf('a', seq)]));
        const marker = (await log.appendCloseOpen(7000)).get(1)!;
        for (let seq = 12; seq < 24; seq++) await log.append(batchOf(1, [recordOf('a', seq)]));
        const entries = await readAll(log, 1);
        const after = entries.map(({ position }) => isAtOrAfter(position, marker));
        expect(after).toEqual([...Array<boolean>(12).fill(false), ...Array<boolean>(13).fill(true)]);
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

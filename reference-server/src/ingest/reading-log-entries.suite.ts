import { expect, it } from 'vitest';
import type { LogEntry, LogPosition, ReadingLog } from './reading-log.ts';
import { batchOf, nextTurn, plain, readAll, recordOf, recordsOf } from './reading-log-samples.fixture.ts';

/** What every reading log gives back of what is appended. `open`: an empty one. */
export function describeEntries(open: () => Promise<ReadingLog>): void {
  it('gives back what was appended, whole and in order', async () => {
    const log = await open();
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
    const log = await open();
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
    const log = await open();
    const record = recordOf('a', 1);
    await log.append(batchOf(0, [record]));
    record.bytes.fill(0);
    expect(recordsOf(await readAll(log, 0))).toEqual([plain('a', 1)]);
  });

  it('reads several partitions at once, each from its own position', async () => {
    const log = await open();
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
    const log = await open();
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
    const log = await open();
    await log.append(batchOf(0, [recordOf('a', 1)]));
    const { position } = (await readAll(log, 0)).at(-1)!;
    const read = await log.read([{ partition: 0, after: position }], 10);
    expect(read.get(0) ?? []).toEqual([]);
  });

  it('never lets a reader that follows the tail miss an entry, with appends under way at once', async () => {
    const log = await open();
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
}

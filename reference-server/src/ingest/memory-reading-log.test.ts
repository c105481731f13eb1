import { expect, it } from 'vitest';
import { MemoryReadingLog } from './memory-reading-log.ts';
import { describeReadingLog } from './reading-log.suite.ts';
import type { LogEntry } from './reading-log.ts';

describeReadingLog('memory', async (options) => ({
  log: new MemoryReadingLog(options),
  dispose: async () => {},
}));

it('the memory log stays correct over many cycles of append, commit and trim', async () => {
  const log = new MemoryReadingLog({ partitions: 1, entriesMax: 100 });
  let after: string | null = null;
  for (let i = 0; i < 5000; i++) {
    const records = [{ patient: 'a', ward: 'w', bytes: Uint8Array.of(i & 0xff, i >> 8) }];
    await log.append({ receivedAtMs: i, partitions: [{ partition: 0, records }], watermarks: new Map() });
    if (i % 7 !== 0) continue;
    const entries: LogEntry[] = (await log.read([{ partition: 0, after }], 100)).get(0) ?? [];
    expect(entries.at(-1)?.receivedAtMs).toBe(i);
    expect(entries[0]?.receivedAtMs).toBe(i === 0 ? 0 : i - 6);
    after = entries.at(-1)!.position;
    await log.commit(0, 1, { position: after, closedThroughMs: i });
    await log.trim(0);
    expect(await log.entriesHeld()).toBe(0);
  }
});

/**
 * A process that appends to a log in LMDB and says on its standard output, line by line, what was confirmed:
 * for tests that kill it, or take its disk away. Arguments: folder, durability, first number.
 */
import { writeSync } from 'node:fs';
import { openLmdbEnvironment } from '../stores/lmdb-environment.ts';
import { LmdbReadingLog } from './lmdb-reading-log.ts';
import type { DurabilityLevel } from './reading-log.ts';

const PARTITIONS = 4;
/** After so many refused appends in a row the disk counts as full, and the process ends by itself. */
const REFUSALS_MAX = 20;

const [folder = '', level = '', first = '0'] = process.argv.slice(2);
const log = new LmdbReadingLog(openLmdbEnvironment(folder, level as DurabilityLevel), {
  partitions: PARTITIONS,
  entriesMax: Number.MAX_SAFE_INTEGER,
});

let refusals = 0;
for (let number = Number(first); refusals < REFUSALS_MAX; number++) {
  const bytes = Buffer.alloc(500);
  bytes.writeUInt32LE(number);
  const record = { patient: 'a', ward: 'w', bytes };
  try {
    await log.append({
      receivedAtMs: number,
      partitions: Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, records: [record] })),
      watermarks: new Map([[7, { boot: 1, seq: number, startMs: number }]]),
    });
    refusals = 0;
    writeSync(1, `${number}\n`);
  } catch (error) {
    refusals += 1;
    writeSync(1, `refused ${(error as Error).message}\n`);
  }
}
const held = await log.read([{ partition: 0, after: null }], 1);
writeSync(1, `still reads ${held.size}\n`);
process.exit(0);

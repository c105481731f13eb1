import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLmdbEnvironment } from '../stores/lmdb-environment.ts';
import { LmdbReadingLog } from './lmdb-reading-log.ts';
import { DURABILITY_LEVELS, type DurabilityLevel, type LogPosition } from './reading-log.ts';

/** A process of its own runs compiled code: build the workspace before this test. */
const APPENDER = fileURLToPath(new URL('../../dist/ingest/lmdb-append-process.fixture.js', import.meta.url));
const PARTITIONS = 4;

describe('a log in LMDB whose process ends in the middle of its work', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gaitway-crash-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(DURABILITY_LEVELS)(
    'has all that was confirmed, killed three times (durability %s)',
    async (level) => {
      const confirmed: number[] = [];
      for (let round = 0; round < 3; round++) {
        // A number that was written but not confirmed is given again: both are kept, which is harmless.
        const lines = await appendUntilKilled(level, (confirmed.at(-1) ?? -1) + 1, 60 + 20 * round);
        confirmed.push(...lines.map(Number));
        const stored = await readBack(level);
        for (const numbers of stored.numbers) {
          // An append is there in all of its partitions or in none.
          expect(numbers).toEqual(stored.numbers[0]);
          const have = new Set(numbers);
          expect(confirmed.filter((number) => !have.has(number))).toEqual([]);
          expect(have.size).toBeLessThanOrEqual(confirmed.length + 1);
        }
        expect(stored.watermarkSeq).toBeGreaterThanOrEqual(confirmed.at(-1)!);
      }
      expect(confirmed).toEqual(Array.from({ length: confirmed.length }, (_, i) => i));
      expect(confirmed.length).toBeGreaterThanOrEqual(240);
    },
    120_000,
  );

  it.runIf(process.platform !== 'win32')(
    'on a full disk refuses, goes on, and keeps what was confirmed',
    async () => {
      // The shell forbids files above 2,000 blocks, and has the write fail rather than the process end.
      const limited = `trap '' XFSZ; ulimit -f 2000; exec "$0" "$@"`;
      const { lines, code } = await run('sh', [
        '-c',
        limited,
        process.execPath,
        APPENDER,
        folder,
        'process',
        '0',
      ]);
      expect(code).toBe(0);
      expect(lines.at(-1)).toBe('still reads 1');
      const refused = lines.filter((line) => line.startsWith('refused'));
      expect(refused.length).toBeGreaterThanOrEqual(20);
      expect(refused[0]).toContain(`${folder} could not be written`);
      const confirmed = lines.filter((line) => /^\d+$/.test(line)).map(Number);
      expect(confirmed.length).toBeGreaterThan(10);
      const stored = await readBack('process');
      for (const numbers of stored.numbers) expect(numbers).toEqual(confirmed);
      expect(stored.watermarkSeq).toBe(confirmed.at(-1));
    },
    120_000,
  );

  async function appendUntilKilled(
    level: DurabilityLevel,
    first: number,
    lineCount: number,
  ): Promise<string[]> {
    const { lines } = await run(process.execPath, [APPENDER, folder, level, String(first)], lineCount);
    return lines;
  }

  async function readBack(
    level: DurabilityLevel,
  ): Promise<{ numbers: number[][]; watermarkSeq: number | undefined }> {
    const environment = openLmdbEnvironment(folder, level);
    const log = new LmdbReadingLog(environment, { partitions: PARTITIONS, entriesMax: 1e9 });
    const numbers: number[][] = [];
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const found: number[] = [];
      let after: LogPosition | null = null;
      for (;;) {
        const entries: { position: LogPosition; receivedAtMs: number; records: { bytes: Uint8Array }[] }[] =
          (await log.read([{ partition, after }], 1000)).get(partition) ?? [];
        if (entries.length === 0) break;
        for (const entry of entries) {
          expect(entry.records[0]?.bytes).toHaveLength(500);
          found.push(entry.receivedAtMs);
        }
        after = entries.at(-1)!.position;
      }
      numbers.push(found);
    }
    const watermarkSeq = (await log.watermarksOf([7])).get(7)?.seq;
    await environment.close();
    return { numbers, watermarkSeq };
  }

  /** Runs a program to its end, or kills it once it has written `lineCount` lines. Gives whole lines only. */
  async function run(program: string, parameters: string[], lineCount = Number.POSITIVE_INFINITY) {
    const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let errors = '';
    child.stderr.on('data', (bytes) => {
      errors += bytes;
    });
    child.stdout.on('data', (bytes) => {
      text += bytes;
      if (text.split('\n').length > lineCount) child.kill('SIGKILL');
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const lines = text.split('\n').slice(0, -1);
    if (lines.length === 0) throw new Error(`the process wrote nothing: ${errors}`);
    return { lines, code };
  }
});

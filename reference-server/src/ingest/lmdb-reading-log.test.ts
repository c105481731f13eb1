import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLmdbEnvironment } from '../stores/lmdb-environment.ts';
import { LmdbReadingLog } from './lmdb-reading-log.ts';
import { describeReadingLog, type ReadingLogOptions } from './reading-log.suite.ts';
import { DURABILITY_LEVELS } from './reading-log.ts';

for (const level of DURABILITY_LEVELS) {
  describeReadingLog(`LMDB, durability ${level}`, async (options) => {
    const made = openIn(mkdtempSync(join(tmpdir(), 'gaitway-log-')), options);
    let current = made.open();
    return {
      log: current.log,
      reopen: async () => {
        await current.environment.close();
        current = made.open();
        return current.log;
      },
      dispose: async () => {
        await current.environment.close();
        rmSync(made.folder, { recursive: true });
      },
    };
  });

  function openIn(folder: string, options: ReadingLogOptions) {
    const open = () => {
      const environment = openLmdbEnvironment(folder, level);
      return { environment, log: new LmdbReadingLog(environment, options) };
    };
    return { folder, open };
  }
}

describe('LMDB reading log', () => {
  it('keeps watermarks over many journal snapshots, with appends under way at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gaitway-log-'));
    const open = () => openLmdbEnvironment(folder, 'process');
    let environment = open();
    const options = { partitions: 2, entriesMax: 1e6 };
    let log = new LmdbReadingLog(environment, options);
    const appends: Promise<void>[] = [];
    for (let seq = 0; seq < 10_000; seq++) {
      appends.push(
        log.append({
          receivedAtMs: seq,
          partitions: [],
          watermarks: new Map([[seq % 10, { boot: 1, seq, startMs: seq * 10 }]]),
        }),
      );
      if (seq % 50 === 0) await Promise.all(appends.splice(0, 30));
    }
    await Promise.all(appends);
    await environment.close();
    environment = open();
    expect(await environment.database('log-watermarks', { encoding: 'binary' }).getCount()).toBeLessThan(
      5000,
    );
    log = new LmdbReadingLog(environment, options);
    const devices = Array.from({ length: 10 }, (_, device) => device);
    expect(await log.watermarksOf(devices)).toEqual(
      new Map(
        devices.map((device) => [device, { boot: 1, seq: 9990 + device, startMs: (9990 + device) * 10 }]),
      ),
    );
    await environment.close();
    rmSync(folder, { recursive: true });
  });
});

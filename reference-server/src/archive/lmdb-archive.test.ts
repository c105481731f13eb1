import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '@gaitway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LmdbEnvironment, openLmdbEnvironment } from '../stores/lmdb-environment.ts';
import { describeArchive } from './archive.suite.ts';
import { RETENTION_DEFAULT, type Retention } from './archive.ts';
import { documentOf } from './documents.fixture.ts';
import { LmdbArchive } from './lmdb-archive.ts';
import { expectOldAlerts, OLD_ALERTS } from './old-alerts.fixture.ts';

describeArchive('LMDB', async (retention: Retention) => {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-archive-'));
  let environment = openLmdbEnvironment(folder, 'process');
  return {
    archive: new LmdbArchive(environment, { retention }),
    reopen: async () => {
      await environment.close();
      environment = openLmdbEnvironment(folder, 'process');
      return new LmdbArchive(environment, { retention });
    },
    dispose: async () => {
      await environment.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe('LMDB archive', () => {
  let folder: string;
  let environment: LmdbEnvironment;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gaitway-archive-'));
    environment = openLmdbEnvironment(folder, 'process');
  });
  afterAll(async () => {
    await environment.close();
    rmSync(folder, { recursive: true });
  });

  it('reads alerts that an older version stored', async () => {
    const lists = environment.database<boolean, [string, string, number, string]>('alert-lists', {
      encoding: 'msgpack',
    });
    const byId = environment.database<Alert, string>('alerts', { encoding: 'msgpack' });
    await environment.batch((batch) => {
      for (const [alert] of OLD_ALERTS) {
        batch.put(byId, alert.id, alert);
        batch.put(lists, ['all', '', alert.atMs, alert.id], true);
      }
    });
    await expectOldAlerts(new LmdbArchive(environment, { retention: RETENTION_DEFAULT }));
  });

  it('fences writers that save at the same time', async () => {
    const archive = new LmdbArchive(environment);
    const epochs = [3, 1, 4, 2, 5, 2];
    const outcomes = await Promise.all(
      epochs.map((epoch) => archive.saveWindows([documentOf('a', 0, { epoch, readings: epoch })])),
    );
    expect(outcomes.flat()).toEqual(['saved', 'fenced', 'saved', 'fenced', 'saved', 'fenced']);
    expect((await archive.windowsOf('a', 0, 1e15, 10)).map(({ readings }) => readings)).toEqual([5]);
  });

  it('says what cannot be a key, and goes on serving others', async () => {
    const archive = new LmdbArchive(environment);
    await expect(archive.saveWindows([documentOf('x'.repeat(600), 0)])).rejects.toThrow('at most 512 bytes');
    await expect(archive.saveWindows([documentOf('a\0b', 0)])).rejects.toThrow('none of them zero');
    expect(await archive.saveWindows([documentOf('b', 0)])).toEqual(['saved']);
  });

  it('expires many documents of many patients in steps', async () => {
    const archive = new LmdbArchive(environment, {
      retention: { ...RETENTION_DEFAULT, readingsMs: 0, windowsMs: 0 },
    });
    for (let patient = 0; patient < 40; patient++) {
      await archive.saveWindows(
        Array.from({ length: 30 }, (_, minute) => documentOf(`many-${patient}`, minute)),
      );
    }
    await archive.expire(documentOf('', 29).startMs);
    let kept = 0;
    for await (const page of archive.scanWindows(0, 1e15, 7)) {
      kept += page.filter(
        ({ patient, startMs }) => patient.startsWith('many') && startMs === documentOf('', 29).startMs,
      ).length;
      expect(page.every(({ endMs }) => endMs > documentOf('', 29).startMs)).toBe(true);
    }
    expect(kept).toBe(40);
  });
});

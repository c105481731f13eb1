import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@gaitway/contract';
import { openLmdbEnvironment } from '../stores/lmdb-environment.ts';
import { LmdbPartitionLeases } from './lmdb-partition-leases.ts';
import { describePartitionLeases } from './partition-leases.suite.ts';

describePartitionLeases('LMDB', async () => {
  let nowMs = 0;
  const clock: Clock = {
    epochMs: () => nowMs,
    monotonicMs: () => nowMs,
    setTimer: () => undefined,
    clearTimer: () => {},
  };
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-leases-'));
  let environment = openLmdbEnvironment(folder, 'process');
  const leases = new LmdbPartitionLeases(environment, clock);
  return {
    one: leases,
    other: leases,
    ttlMs: 5000,
    elapse: async (durationMs) => {
      nowMs += durationMs;
    },
    reopen: async () => {
      await environment.close();
      environment = openLmdbEnvironment(folder, 'process');
      return new LmdbPartitionLeases(environment, clock);
    },
    dispose: async () => {
      await environment.close();
      rmSync(folder, { recursive: true });
    },
  };
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '@gaitway/contract';
import { realClock } from '@gaitway/reference-server';
import { type RunOptions, runScenario, type Scenario } from '@gaitway/scenarios';
import { BENCH_SECRET } from './server-under-load.ts';

const SEED = 7;

/** One run of a scenario with all its processes on this machine, as `gaitway run` does it; only its record is kept. */
export async function runOnce(
  scenario: Scenario,
  over: Pick<RunOptions, 'redisUrl' | 'cohort'>,
): Promise<RunRecord> {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-bench-'));
  try {
    const { record } = await runScenario(
      {
        scenario,
        seed: SEED,
        workers: 1,
        transport: 'lean',
        targets: [],
        tokenSecret: BENCH_SECRET,
        cache: 'on',
        durability: 'process',
        folder,
        command: ['npm', 'run', 'bench'],
        ...over,
      },
      realClock,
    );
    return record;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

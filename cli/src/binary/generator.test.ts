import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '@gaitway/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import { childrenOf, FULL, Gaitway, ownFolder, until } from './binary.fixture.ts';

const STOPPED_MS = 3000;
const STARVED_MS = 5000;

/** The record of the only run in a data folder. */
function recordIn(data: string): RunRecord {
  const [id] = readdirSync(join(data, 'runs'));
  return JSON.parse(readFileSync(join(data, 'runs', id!, 'run.json'), 'utf8')) as RunRecord;
}

function workerOf(run: Gaitway): number | undefined {
  return childrenOf(run.pid).find(({ command }) => command.includes('worker-process'))?.pid;
}

// A clock that is stepped is tested where a clock can be: simulator/src/fleet/generator-health.test.ts.
describe.runIf(FULL)('a run whose generator did not keep up is invalid: exit 98 and the reason', () => {
  it('a worker is stopped for three seconds', async () => {
    const data = ownFolder();
    const run = new Gaitway(['run', 'smoke'], { data });
    await run.said(/measure \|/);
    const worker = workerOf(run)!;
    process.kill(worker, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
    process.kill(worker, 'SIGCONT');
    const { code, stdout } = await run.ended;
    const { generator, verdict } = recordIn(data);
    expect(generator.reasons.join('\n')).toMatch(
      /Worker 0 stood still: its event loop was delayed by up to [2-4]\.\d s/,
    );
    expect(verdict).toBe('invalid');
    expect(stdout).toMatch(/INVALID/);
    expect(code).toBe(98);
  });

  it('busy programs take its processor away', async () => {
    const data = ownFolder();
    // All of it on one core and behind others; they come when it measures, for loading takes for ever beside them.
    const run = new Gaitway(['run', 'smoke', '--duration', '10s', '--patients', '500'], {
      data,
      through: ['taskset', '-c', '0', 'nice', '-n', '10'],
    });
    await run.said(/measure \|/);
    const busy = Array.from({ length: 24 }, () =>
      spawn('taskset', ['-c', '0', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' }),
    );
    const end = () => {
      for (const each of busy) each.kill('SIGKILL');
    };
    onTestFinished(end);
    await new Promise((resolve) => setTimeout(resolve, STARVED_MS));
    end();
    const { code } = await run.ended;
    const { generator, verdict } = recordIn(data);
    expect(generator.reasons.join('\n')).toMatch(/took up readings late|stood still|more than 200 ms late/);
    expect(verdict).toBe('invalid');
    expect(code).toBe(98);
  }, 120_000);

  it('a worker may open only 200 files', async () => {
    const data = ownFolder();
    // Set on the worker itself, after the check that would have refused such a run: a limit can sink at any time.
    const run = new Gaitway(['run', 'smoke', '--patients', '300', '--duration', '8s'], { data });
    const worker = await until(() => workerOf(run));
    const limited = spawn('prlimit', ['--pid', String(worker), '--nofile=200:200'], { stdio: 'ignore' });
    expect(await new Promise((resolve) => limited.once('exit', resolve))).toBe(0);
    const { code } = await run.ended;
    const { generator, verdict } = recordIn(data);
    expect(generator.reasons.join('\n')).toMatch(
      /Worker 0 ran out of file descriptors of its process .*EMFILE/,
    );
    expect(verdict).toBe('invalid');
    expect(code).toBe(98);
  }, 120_000);
});

import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { childrenOf, FULL, Gaitway, gaitway, ownFolder } from './binary.fixture.ts';
import { recordIn } from './run-outcome.fixture.ts';

const STOPPED_MS = 3000;
const STARVED_MS = 5000;
const STEP_MS = 1000;

function workerOf(run: Gaitway): number | undefined {
  return childrenOf(run.pid).find(({ command }) => command.includes('worker-process'))?.pid;
}

/** NODE_OPTIONS with which each worker of a run begins with this script, before our code; other processes do not. */
function beforeWorkers(data: string, script: string): string {
  const file = join(data, 'before-workers.cjs');
  writeFileSync(file, `if (/worker-process/.test(process.argv[1])) {\n${script}\n}`);
  return `--require ${file}`;
}

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
    const [, delaySeconds] =
      /Worker 0 stood still: its event loop was delayed by up to (\d+\.\d) s/.exec(
        generator.reasons.join('\n'),
      ) ?? [];
    // What it was stopped, but for the tick in which it was; more on a machine that was busy besides.
    expect(Number(delaySeconds)).toBeGreaterThan(STOPPED_MS / 1000 - 1);
    expect(verdict).toBe('invalid');
    expect(stdout).toMatch(/INVALID/);
    expect(code).toBe(98);
  });

  it('busy programs take its processor away', async () => {
    const data = ownFolder();
    // All of it on one core; it falls behind the others when they come, for loading takes for ever beside them.
    const run = new Gaitway(['run', 'smoke', '--duration', '20s', '--patients', '200'], {
      data,
      through: ['taskset', '-c', '0'],
    });
    // Delays count from the end of the connect phase on. There is a line at least every five seconds.
    await run.said(/\d (warm-up|measure) \|/);
    const own = [run.pid, ...childrenOf(run.pid).map(({ pid }) => pid)].map(String);
    spawnSync('renice', ['-n', '10', '-p', ...own]);
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
    // Between two turns of a worker come those of all others, several hundred ms in each of the five seconds. What
    // that did to its readings depends on how many were due just then, and may or may not be a reason as well.
    expect(generator.reasons.join('\n')).toMatch(
      /^Worker 0 stood still: its event loop was delayed by up to (\d{3} ms|\d+\.\d s), the limit is 200 ms\.$/m,
    );
    expect(verdict).toBe('invalid');
    expect(code).toBe(98);
  });

  it('a worker may open only 200 files', async () => {
    const data = ownFolder();
    // Set by the worker itself when it begins, after the check that would have refused such a run: a limit can
    // sink at any time.
    const sink = `require('node:child_process')
      .execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=200:200']);`;
    const { code } = await gaitway(['run', 'smoke', '--patients', '300', '--duration', '8s'], {
      data,
      env: { NODE_OPTIONS: beforeWorkers(data, sink) },
    });
    const { generator, verdict } = recordIn(data);
    expect(generator.reasons.join('\n')).toMatch(
      /Worker 0 ran out of file descriptors of its process .*EMFILE/,
    );
    expect(verdict).toBe('invalid');
    expect(code).toBe(98);
  });

  it('the wall clock of a worker is stepped by a second', async () => {
    const data = ownFolder();
    // Its Date moves, its monotonic clock does not, as when somebody sets the time; and when we say so, since a
    // step that came before the worker first looked at its clocks would be none.
    const step = `const now = Date.now; process.on('SIGUSR2', () => { Date.now = () => now() + ${STEP_MS}; });`;
    const run = new Gaitway(['run', 'smoke', '--workers', '1'], {
      data,
      env: { NODE_OPTIONS: beforeWorkers(data, step) },
    });
    await run.said(/measure \|/);
    process.kill(workerOf(run)!, 'SIGUSR2');
    const { code, stdout } = await run.ended;
    const { generator, verdict } = recordIn(data);
    expect(generator.reasons.join('\n')).toMatch(
      // Two clocks are read one after the other: about a second.
      /^Worker 0 saw the wall clock move by (\d{3} ms|\d+\.\d s) against the monotonic clock, the limit is 100 ms\.$/m,
    );
    expect(verdict).toBe('invalid');
    expect(stdout).toMatch(/INVALID/);
    expect(code).toBe(98);
  });
});

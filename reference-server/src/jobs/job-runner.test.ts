import { describe, expect, it } from 'vitest';
import { createManualClock } from '../observe/manual-clock.fixture.ts';
import { createPrometheusMeter } from '../observe/prometheus-meter.ts';
import { jobOf } from './job-queue.suite.ts';
import type { JobQueue, TakenJob } from './job-queue.ts';
import { JobRunner } from './job-runner.ts';
import { MemoryJobQueue } from './memory-job-queue.ts';

/** A kind of job whose work a test ends. */
function heldWork() {
  const running = new Map<string, { done(): void; fail(error: Error): void }>();
  const begun: string[] = [];
  return {
    running,
    begun,
    kind: {
      name: 'insight' as const,
      run: ({ patient }: Record<string, string | number>, lost: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          const lane = String(patient);
          begun.push(lane);
          lost.addEventListener('abort', () => reject(lost.reason));
          running.set(lane, { done: resolve, fail: reject });
        }),
    },
  };
}

function runnerOver(queue: JobQueue, kinds = [heldWork()]) {
  const clock = createManualClock();
  const meter = createPrometheusMeter();
  const warnings: string[] = [];
  const runner = new JobRunner({
    ...{ queue, clock, meter, atOnceMax: 2, pollMs: 100, renewEveryMs: 1000, leaseMs: 4000 },
    kinds: kinds.map(({ kind }) => kind),
    warn: (says) => warnings.push(says),
  });
  const counted = async () => {
    const { text } = await meter.metricsText();
    return [...text.matchAll(/^gaitway_jobs_total\{.*outcome="(\w+)"\} ([1-9]\d*)$/gm)].map(
      ([, o, n]) => `${o} ${n}`,
    );
  };
  return { runner, clock, warnings, counted };
}

/** Lets everything go on that waits for nothing outside. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the runner of jobs', () => {
  it('works off what waits and what comes, never more at once than it may', async () => {
    const queue = new MemoryJobQueue(10);
    const work = heldWork();
    await queue.enqueue(jobOf('a'));
    const { runner, counted } = runnerOver(queue, [work]);
    runner.start();
    await queue.enqueue(jobOf('b'));
    await queue.enqueue(jobOf('c'));
    await settle();
    expect(work.begun).toEqual(['a', 'b']);
    work.running.get('b')!.done();
    await settle();
    expect(work.begun).toEqual(['a', 'b', 'c']);
    work.running.get('a')!.done();
    work.running.get('c')!.done();
    await settle();
    expect(await queue.held()).toBe(0);
    expect(await counted()).toEqual(['done 3']);
    await runner.stop();
  });

  it('counts and warns of a job that fails, and of one that it does not know, and goes on', async () => {
    const queue = new MemoryJobQueue(10);
    const work = heldWork();
    const { runner, warnings, counted } = runnerOver(queue, [work]);
    runner.start();
    await queue.enqueue(jobOf('a'));
    await queue.enqueue({ ...jobOf('b'), kind: 'juggling' });
    await queue.enqueue(jobOf('c'));
    await settle();
    work.running.get('a')!.fail(new Error('no archive'));
    work.running.get('c')!.done();
    await settle();
    expect(warnings).toEqual([
      "jobs: juggling of b failed: there is no kind of job 'juggling' here",
      'jobs: insight of a failed: no archive',
    ]);
    expect(await counted()).toEqual(['done 1', 'failed 1']);
    expect(await queue.held()).toBe(0);
    await runner.stop();
  });

  it('asks again for what other processes left, also after the queue did not answer', async () => {
    const answers: (TakenJob | null | Error)[] = [new Error('away'), null, { job: jobOf('a'), attempt: 2 }];
    const queue = Object.assign(new MemoryJobQueue(10), {
      take: async () => {
        const answer = answers.shift() ?? null;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    });
    const work = heldWork();
    const { runner, clock, warnings } = runnerOver(queue, [work]);
    runner.start();
    for (let i = 0; i < 3; i++) {
      await settle();
      clock.passMs(100);
    }
    await settle();
    expect(warnings).toEqual(['jobs: the queue does not answer: away']);
    expect(work.begun).toEqual(['a']);
    work.running.get('a')!.done();
    await runner.stop();
  });

  it('renews what it works on, and stops when that has ended', async () => {
    const queue = new MemoryJobQueue(10);
    let renewed = 0;
    const renew = queue.renew.bind(queue);
    queue.renew = (taken) => {
      renewed += 1;
      return renew(taken);
    };
    const work = heldWork();
    const { runner, clock } = runnerOver(queue, [work]);
    runner.start();
    await queue.enqueue(jobOf('a'));
    await settle();
    clock.passMs(3500);
    expect(renewed).toBe(3);
    let stopped = false;
    const stopping = runner.stop().then(() => {
      stopped = true;
    });
    await queue.enqueue(jobOf('b'));
    await settle();
    expect(stopped).toBe(false);
    work.running.get('a')!.done();
    await stopping;
    clock.passMs(5000);
    expect(renewed).toBe(3);
    expect(work.begun).toEqual(['a']);
  });

  it.each<[string, () => Promise<boolean>, number, RegExp]>([
    ['was given to another', async () => false, 1000, /given to another worker/],
    [
      'may have been, as the queue did not answer',
      () => Promise.reject(new Error('away')),
      4000,
      /within its lease/,
    ],
  ])('stops work that %s, does not finish it, and goes on with others', async (_, renew, afterMs, says) => {
    const queue = Object.assign(new MemoryJobQueue(10), { renew });
    const finished: string[] = [];
    const finish = queue.finish.bind(queue);
    queue.finish = (taken) => {
      finished.push(taken.job.lane);
      return finish(taken);
    };
    const work = heldWork();
    const { runner, clock, warnings, counted } = runnerOver(queue, [work]);
    runner.start();
    await queue.enqueue(jobOf('a'));
    await settle();
    for (let passedMs = 0; passedMs < afterMs; passedMs += 1000) {
      expect(warnings).toEqual([]);
      clock.passMs(1000);
      await settle();
    }
    expect(warnings).toEqual([expect.stringMatching(says)]);
    expect(await counted()).toEqual(['failed 1']);
    await queue.enqueue(jobOf('b'));
    await settle();
    work.running.get('b')!.done();
    await settle();
    expect(finished).toEqual(['b']);
    await runner.stop();
  });
});

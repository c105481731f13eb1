import { afterEach, describe, expect, it } from 'vitest';
import type { Job, JobQueue } from './job-queue.ts';

/** Two processes' view of the same jobs, none of which is there. */
export interface JobQueueUnderTest {
  one: JobQueue;
  /** The same as `one` where the queue is that of one process. */
  other: JobQueue;
  dispose: () => Promise<void>;
}

export const HELD_MAX = 5;

export const jobOf = (lane: string, number = 1): Job => ({
  kind: 'insight',
  lane,
  payload: { patient: lane, number },
});

/** The behaviour of every queue of jobs that holds at most {@link HELD_MAX}. */
export function describeJobQueue(name: string, make: () => Promise<JobQueueUnderTest>): void {
  describe(`job queue: ${name}`, () => {
    let opened: JobQueueUnderTest[] = [];
    afterEach(async () => {
      for (const made of opened) await made.dispose();
      opened = [];
    });

    async function open(): Promise<JobQueueUnderTest> {
      const made = await make();
      opened.push(made);
      return made;
    }

    it('gives jobs to whoever asks, first come first served, with what they are about', async () => {
      const { one, other } = await open();
      for (const lane of ['insight:a', 'b', 'ünï côdé:{c}'])
        expect(await one.enqueue(jobOf(lane))).toBe('queued');
      expect((await other.take())!.job).toEqual(jobOf('insight:a'));
      expect((await one.take())!.job).toEqual(jobOf('b'));
      expect((await other.take())!.job).toEqual(jobOf('ünï côdé:{c}'));
      expect(await one.take()).toBeNull();
    });

    it('holds one job of a lane, while it waits and while it runs', async () => {
      const { one, other } = await open();
      await one.enqueue(jobOf('a', 1));
      expect(await other.enqueue(jobOf('a', 2))).toBe('known');
      const taken = (await other.take())!;
      expect(taken.job).toEqual(jobOf('a', 1));
      expect(await one.enqueue(jobOf('a', 3))).toBe('known');
      expect(await one.take()).toBeNull();
      expect(await other.finish(taken)).toBe(true);
      expect(await one.enqueue(jobOf('a', 4))).toBe('queued');
      expect((await one.take())!.job).toEqual(jobOf('a', 4));
    });

    it('queues one of many that are asked for at once, and gives it to one of many who ask', async () => {
      const { one, other } = await open();
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, i) => (i % 2 ? one : other).enqueue(jobOf('a', i))),
      );
      expect(outcomes.filter((outcome) => outcome === 'queued')).toHaveLength(1);
      const taken = await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? one : other).take()));
      expect(taken.filter((job) => job !== null)).toHaveLength(1);
    });

    it('turns away what is too much, until one is finished', async () => {
      const { one, other } = await open();
      for (let i = 0; i < HELD_MAX; i++) await one.enqueue(jobOf(`lane-${i}`));
      expect(await other.enqueue(jobOf('more'))).toBe('full');
      expect(await other.enqueue(jobOf('lane-0'))).toBe('known');
      const taken = (await one.take())!;
      expect(await other.enqueue(jobOf('more'))).toBe('full');
      expect(await one.held()).toBe(HELD_MAX);
      await one.finish(taken);
      expect(await one.held()).toBe(HELD_MAX - 1);
      expect(await other.enqueue(jobOf('more'))).toBe('queued');
    });

    it('lets a job be finished once, by who has it', async () => {
      const { one } = await open();
      await one.enqueue(jobOf('a'));
      const taken = (await one.take())!;
      expect(taken.attempt).toBe(1);
      expect(await one.renew(taken)).toBe(true);
      expect(await one.finish(taken)).toBe(true);
      expect(await one.finish(taken)).toBe(false);
      expect(await one.renew(taken)).toBe(false);
      await one.enqueue(jobOf('a', 2));
      await one.take();
      expect(await one.held()).toBe(1);
    });

    it('tells who works in this process of what was queued here', async () => {
      const { one } = await open();
      let told = 0;
      one.onQueued(() => told++);
      await one.enqueue(jobOf('a'));
      await one.enqueue(jobOf('a'));
      expect(told).toBe(1);
    });
  });
}

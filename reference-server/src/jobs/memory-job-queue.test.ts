import { describeJobQueue, HELD_MAX } from './job-queue.suite.ts';
import { MemoryJobQueue } from './memory-job-queue.ts';

describeJobQueue('in process', async () => {
  const queue = new MemoryJobQueue(HELD_MAX);
  return { one: queue, other: queue, dispose: () => queue.close() };
});

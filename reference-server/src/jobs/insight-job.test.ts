import { expect, it } from 'vitest';
import { createPrometheusMeter } from '../observe/prometheus-meter.ts';
import { requestInsight } from './insight-job.ts';
import { MemoryJobQueue } from './memory-job-queue.ts';

it('an insight by the clock is queued while another of the patient waits or runs, and twice only once', async () => {
  const queue = new MemoryJobQueue(10);
  const meter = createPrometheusMeter();
  const ask = (patient: string, toMs: number, scheduled: boolean) =>
    requestInsight(queue, meter, { patient, fromMs: toMs - 100, toMs, scheduled });
  expect(await ask('ada', 1000, false)).toBe('queued');
  expect(await ask('ada', 1100, true)).toBe('queued');
  await queue.take();
  expect(await ask('ada', 1200, true)).toBe('queued');
  expect(await ask('ada', 1000, true)).toBe('known');
  expect(await ask('ada', 1100, true)).toBe('known');
  expect(await ask('bob', 1000, true)).toBe('queued');
  const payloads = [await queue.take(), await queue.take(), await queue.take()].map(
    (taken) => taken!.job.payload,
  );
  expect(payloads).toEqual([
    { patient: 'ada', fromMs: 1000, toMs: 1100, scheduled: 1 },
    { patient: 'ada', fromMs: 1100, toMs: 1200, scheduled: 1 },
    { patient: 'bob', fromMs: 900, toMs: 1000, scheduled: 1 },
  ]);
});

import type { Archive } from '../archive/archive.ts';
import type { InsightPeriod } from '../insight/facts.ts';
import { type InsightService, insightId } from '../insight/insight-service.ts';
import type { Meter } from '../observe/meter.ts';
import type { JobKind } from './job-kind.ts';
import type { Enqueued, Job, JobQueue } from './job-queue.ts';

/** The insight of which period is asked for, and by whom. */
export interface InsightRequest extends Omit<InsightPeriod, 'ward'> {
  /** Nobody waits for it: where there are no windows nothing is written. */
  scheduled: boolean;
}

/** The job that writes an insight. Its lane is that of the insight: one of another period neither waits for it nor is left out. */
export function insightJobOf({ patient, fromMs, toMs, scheduled }: InsightRequest): Job {
  const payload = { patient, fromMs, toMs, scheduled: scheduled ? 1 : 0 };
  return { kind: 'insight', lane: `insight:${insightId(patient, toMs)}`, payload };
}

/** Writes insights. Done twice it is one insight, and no second call of a model once the first was saved. */
export function insightKind(service: InsightService, archive: Archive): JobKind {
  return {
    name: 'insight',
    run: async ({ patient, fromMs, toMs, scheduled }, lost) => {
      if (typeof patient !== 'string' || typeof fromMs !== 'number' || typeof toMs !== 'number') {
        throw new TypeError('the payload needs patient, fromMs and toMs');
      }
      const profile = await archive.patient(patient);
      if (profile === null) throw new Error(`there is no patient '${patient}'`);
      const period = { patient, ward: profile.ward, fromMs, toMs };
      await service.write(period, { unlessEmpty: scheduled === 1, signal: lost });
    },
  };
}

/** Asks for the insight of a period, and counts what came of it. */
export async function requestInsight(
  queue: JobQueue,
  meter: Meter,
  asked: InsightRequest,
): Promise<Enqueued> {
  const outcome = await queue.enqueue(insightJobOf(asked));
  meter.counter('jobs', { kind: 'insight', outcome }).add();
  return outcome;
}

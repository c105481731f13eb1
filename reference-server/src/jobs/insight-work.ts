import type { Clock } from '@gaitway/contract';
import type { Archive } from '../archive/archive.ts';
import type { FanOut } from '../fanout/fan-out.ts';
import { ChatWriter } from '../insight/chat-writer.ts';
import { loadLibrary } from '../insight/exercise-library.ts';
import type { FoundFrom } from '../insight/found-from.ts';
import { InsightService } from '../insight/insight-service.ts';
import type { Meter } from '../observe/meter.ts';
import type { InsightSettings } from '../settings.ts';
import { insightKind, requestInsight } from './insight-job.ts';
import { InsightSchedule } from './insight-schedule.ts';
import type { JobQueue } from './job-queue.ts';
import { JobRunner } from './job-runner.ts';

export interface InsightWorkDeps {
  settings: InsightSettings;
  foundFrom: FoundFrom;
  jobs: JobQueue;
  archive: Archive;
  fanOut: FanOut;
  clock: Clock;
  meter: Meter;
  warn(says: string): void;
  /** How long after the end of a period its last window may still be on its way, in ms. */
  settleMs: number;
}

/** The part of a server that writes insights: the jobs, who does them, and who asks for them by the clock. */
export function startInsightWork(deps: InsightWorkDeps): { stop(): Promise<void> } {
  const { settings, jobs, archive, clock, meter, warn } = deps;
  const { apiUrl: baseUrl, model: name, apiKey, timeLimitMs } = settings;
  const model =
    baseUrl === undefined || name === undefined
      ? undefined
      : new ChatWriter({ baseUrl, apiKey, timeLimitMs, model: name, budget: settings }, clock, meter);
  const service = new InsightService({ ...deps, library: loadLibrary(), model });
  const runner = new JobRunner({ queue: jobs, kinds: [insightKind(service, archive)], clock, meter, warn });
  const schedule =
    settings.everyMs === 0
      ? undefined
      : new InsightSchedule({
          archive,
          clock,
          warn,
          request: (asked) => requestInsight(jobs, meter, asked),
          everyMs: settings.everyMs,
          settleMs: deps.settleMs,
        });
  runner.start();
  schedule?.start();
  return {
    stop: async () => {
      await schedule?.stop();
      await runner.stop();
    },
  };
}

import { type Clock, hashString, type TimerHandle } from '@gaitway/contract';
import type { Archive } from '../archive/archive.ts';
import type { InsightRequest } from './insight-job.ts';
import type { Enqueued } from './job-queue.ts';

export interface InsightScheduleDeps {
  archive: Archive;
  clock: Clock;
  request(asked: InsightRequest): Promise<Enqueued>;
  warn(says: string): void;
  /** How often each patient gets an insight, and how long its period is. */
  everyMs: number;
  /** How long after the end of a period its last window may still be on its way. */
  settleMs: number;
}

const PATIENTS_PER_PAGE = 500;
/** How often it looks who is due, unless periods are shorter; and how soon it goes on after a full queue or a fault. */
const LOOK_EVERY_MS = 30_000;
const GO_ON_AFTER_MS = 1000;

/** End of the newest period of this patient that had ended at `atMs`. Ends are spread over the period by hash of the patient. */
export function periodEndMs(patient: string, everyMs: number, atMs: number): number {
  const phaseMs = hashString(patient, 0x696e7369) % everyMs;
  return Math.floor((atMs - phaseMs) / everyMs) * everyMs + phaseMs;
}

/** One way through all patients: those whose period ended in (afterMs, upToMs], and behind whom it goes on. */
interface Pass {
  afterMs: number;
  upToMs: number;
  behind: string | null;
}

/**
 * Asks for an insight of every patient once in a period. After a start it asks for each one's newest period, also
 * where that was written before: the writing finds it there. While the queue is full it waits where it is.
 */
export class InsightSchedule {
  private pass: Pass | undefined;
  private readonly deps: InsightScheduleDeps;
  /** Up to when periods were asked for; `undefined`: none yet. */
  private askedUpToMs: number | undefined;
  private timer: TimerHandle | undefined;
  private round: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(deps: InsightScheduleDeps) {
    this.deps = deps;
  }

  start(): void {
    this.round = this.look();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== undefined) this.deps.clock.clearTimer(this.timer);
    await this.round;
  }

  private async look(): Promise<void> {
    const { clock, everyMs, settleMs, warn } = this.deps;
    const upToMs = clock.epochMs() - settleMs;
    this.pass ??= { afterMs: this.askedUpToMs ?? upToMs - everyMs, upToMs, behind: null };
    try {
      if (await this.goOn(this.pass)) {
        this.askedUpToMs = this.pass.upToMs;
        this.pass = undefined;
      }
    } catch (error) {
      warn(`insights: who is due is not known: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (this.stopped) return;
    const delayMs = this.pass ? GO_ON_AFTER_MS : Math.min(LOOK_EVERY_MS, everyMs);
    this.timer = clock.setTimer(delayMs, () => {
      this.round = this.look();
    });
  }

  /** `false`: the queue is full, or it was stopped; it goes on behind the last who was asked for. */
  private async goOn(pass: Pass): Promise<boolean> {
    const { archive, everyMs, request } = this.deps;
    for (;;) {
      const page = await archive.patients({}, pass.behind, PATIENTS_PER_PAGE);
      for (const { patient } of page) {
        if (this.stopped) return false;
        const toMs = periodEndMs(patient, everyMs, pass.upToMs);
        const isDue = toMs > pass.afterMs;
        const asked = { patient, fromMs: toMs - everyMs, toMs, scheduled: true };
        if (isDue && (await request(asked)) === 'full') return false;
        pass.behind = patient;
      }
      if (page.length < PATIENTS_PER_PAGE) return true;
    }
  }
}

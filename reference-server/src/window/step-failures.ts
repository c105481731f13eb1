import type { Clock } from '@gaitway/contract';
import type { ProcessorMeters, ProcessorStep } from './processor-meters.ts';

/** The steps in the words of people. */
export const STEP_SAYS: Readonly<Record<ProcessorStep, string>> = {
  owners: 'asking who shares the partitions',
  acquire: 'taking the lease',
  renew: 'renewing the lease',
  release: 'giving the lease back',
  begin: 'reading the progress',
  models: 'asking how far the new model is rolled out',
  read: 'reading the log',
  archive: 'writing to the archive',
  commit: 'committing the progress',
  trim: 'trimming the log',
};

/** A step that has gone well for so long is told of again when it fails. */
const QUIET_MS = 60_000;

/**
 * Where what fails in one partition ends, so that the others go on. Every failure is counted; of many in a row only
 * the first is told, since a store that is away fails in every partition, again and again.
 */
export class StepFailures {
  private readonly clock: Clock;
  private readonly meters: ProcessorMeters;
  private readonly warn: (says: string) => void;
  private readonly failedAtMs = new Map<ProcessorStep, number>();

  constructor(clock: Clock, meters: ProcessorMeters, warn: (says: string) => void) {
    this.clock = clock;
    this.meters = meters;
    this.warn = warn;
  }

  /** The store's answer; `undefined`: it failed, and that is noted. */
  async attempt<Answer>(
    step: ProcessorStep,
    partition: number,
    ask: () => Promise<Answer>,
  ): Promise<Answer | undefined> {
    try {
      return await ask();
    } catch (error) {
      this.note(step, error, partition);
      return undefined;
    }
  }

  /** `partition`: which one it was, where the step is about one. */
  note(step: ProcessorStep, error: unknown, partition?: number): void {
    this.meters.failed(step);
    const nowMs = this.clock.monotonicMs();
    const beforeMs = this.failedAtMs.get(step) ?? Number.NEGATIVE_INFINITY;
    this.failedAtMs.set(step, nowMs);
    if (nowMs - beforeMs < QUIET_MS) return;
    const where = partition === undefined ? '' : ` of partition ${partition}`;
    this.warn(
      `processor: ${STEP_SAYS[step]}${where} failed: ${textOf(error)}; it is tried again. Further failures are counted, and told of again after a minute without one`,
    );
  }
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

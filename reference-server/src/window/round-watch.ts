import type { Clock } from '@gaitway/contract';
import type { ProcessorStep } from './processor-meters.ts';
import { STEP_SAYS, textOf } from './step-failures.ts';

/**
 * Whether a processor's rounds get to their end. A round waits for the archive as long as that takes, and its leases
 * are renewed meanwhile, so that nobody else takes over: without this, a server that archives nothing looks well.
 */
export class RoundWatch {
  private readonly clock: Clock;
  private readonly limitMs: number;
  private completedAtMs: number;
  private current: ProcessorStep = 'owners';
  /** What the last round ended with that did not get further. */
  private failure: { step: ProcessorStep; says: string } | undefined;

  /** `limitMs`: how long no round may be completed. */
  constructor(clock: Clock, limitMs: number) {
    this.clock = clock;
    this.limitMs = limitMs;
    this.completedAtMs = clock.monotonicMs();
  }

  /** What the round is at. */
  get step(): ProcessorStep {
    return this.current;
  }

  begin(): void {
    this.current = 'owners';
  }

  /** The round has got to this step: what it was at before went well. */
  reach(step: ProcessorStep): void {
    if (this.failure?.step === this.current) this.failure = undefined;
    this.current = step;
  }

  complete(): void {
    this.failure = undefined;
    this.completedAtMs = this.clock.monotonicMs();
  }

  fail(error: unknown): void {
    this.failure = { step: this.current, says: textOf(error) };
  }

  /** What is wrong, for whoever asks whether the server is ready; `null`: nothing. */
  problem(): string | null {
    const sinceMs = this.clock.monotonicMs() - this.completedAtMs;
    if (sinceMs <= this.limitMs) return null;
    const { failure } = this;
    const why = failure
      ? `${STEP_SAYS[failure.step]} fails: ${failure.says}`
      : `it is still ${STEP_SAYS[this.current]}`;
    return `has completed no round for ${seconds(sinceMs)} s (limit ${seconds(this.limitMs)} s): ${why}. Readings wait in the log; it goes on by itself when the store answers`;
  }
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}

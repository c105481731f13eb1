/** CPU that one stage of the pipeline took in this process. */
export interface StageCpu {
  stage: string;
  calls: number;
  /** Estimated from the calls that were timed. */
  cpuMs: number;
}

/**
 * One synchronous section that is timed now and then:
 * `const token = stage.begin(); ...; stage.end(token);`
 * Sections of different stages may lie inside each other: the time of the inner one is its own alone.
 */
export interface Stage {
  /** A token for `end`; a negative number when this call is not timed. */
  begin(): number;
  end(token: number): void;
}

export interface StageTimer {
  /** The stage of this name; the same one for the same name. */
  stage(name: string): Stage;
  /** What every stage took since the start, in the order in which they were first asked for. */
  stages(): StageCpu[];
}

/** One call in this many is timed. */
export const STAGE_SAMPLE_EVERY = 64;

/** What the stages of one timer share, so that none counts what another took inside it. */
interface Timing {
  nowMs(): number;
  /** Time in sections that have ended. The clock less this stands still for a section while another is inside it. */
  coveredMs: number;
  /** The section that is being timed and lies inside no other: all sections inside it are timed too. */
  outermost: SampledStage | undefined;
}

class SampledStage implements Stage {
  readonly #timing: Timing;
  #calls = 0;
  #timedAlwaysMs = 0;
  #sampledMs = 0;
  #samples = 0;
  constructor(timing: Timing) {
    this.#timing = timing;
  }

  begin(): number {
    const timing = this.#timing;
    const call = this.#calls++;
    // It is not inside itself: its last call threw, and never came to its end.
    if (timing.outermost === this) timing.outermost = undefined;
    if (timing.outermost === undefined) {
      if (call >= STAGE_SAMPLE_EVERY && call % STAGE_SAMPLE_EVERY !== 0) return -1;
      timing.outermost = this;
    }
    return timing.nowMs() - timing.coveredMs;
  }

  end(token: number): void {
    if (token < 0) return;
    const timing = this.#timing;
    const tookMs = timing.nowMs() - timing.coveredMs - token;
    timing.coveredMs += tookMs;
    if (timing.outermost === this) timing.outermost = undefined;
    if (this.#calls <= STAGE_SAMPLE_EVERY) this.#timedAlwaysMs += tookMs;
    else {
      this.#sampledMs += tookMs;
      this.#samples++;
    }
  }

  result(stage: string): StageCpu {
    const beyond = Math.max(0, this.#calls - STAGE_SAMPLE_EVERY);
    const scaledMs = this.#samples === 0 ? 0 : (this.#sampledMs / this.#samples) * beyond;
    return { stage, calls: this.#calls, cpuMs: this.#timedAlwaysMs + scaledMs };
  }
}

/**
 * CPU by stage, at the price of two looks at the clock in every 64th call, and in the calls inside one that is
 * timed. The first 64 calls are all timed and count as they are: they run before the code is optimised, and a
 * stage that is seldom called (a bulk write) has no others. A synchronous section's time on a monotonic clock is its CPU time, unless
 * the machine took the core away: so on an overloaded machine the stages can sum to more than the process used.
 */
export function createStageTimer(nowMs: () => number): StageTimer {
  const timing: Timing = { nowMs, coveredMs: 0, outermost: undefined };
  const stages = new Map<string, SampledStage>();
  return {
    stage(name) {
      const stage = stages.get(name) ?? new SampledStage(timing);
      stages.set(name, stage);
      return stage;
    },
    stages: () => [...stages].map(([name, stage]) => stage.result(name)),
  };
}

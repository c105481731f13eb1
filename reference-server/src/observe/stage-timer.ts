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
 * Sections of different stages must not lie inside each other, or the time of the inner one counts twice.
 */
export interface Stage {
  /** A token for `end`: the moment, or a negative number when this call is not timed. */
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

class SampledStage implements Stage {
  readonly #nowMs: () => number;
  #calls = 0;
  #timedAlwaysMs = 0;
  #sampledMs = 0;
  #samples = 0;
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  begin(): number {
    const call = this.#calls++;
    return call < STAGE_SAMPLE_EVERY || call % STAGE_SAMPLE_EVERY === 0 ? this.#nowMs() : -1;
  }

  end(token: number): void {
    if (token < 0) return;
    const tookMs = this.#nowMs() - token;
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
 * CPU by stage, at the price of two looks at the clock in every 64th call. The first 64 calls are all timed
 * and count as they are: they run before the code is optimised, and a stage that is seldom called (a bulk
 * write) has no others. A synchronous section's time on a monotonic clock is its CPU time, unless
 * the machine took the core away: so on an overloaded machine the stages can sum to more than the process used.
 */
export function createStageTimer(nowMs: () => number): StageTimer {
  const stages = new Map<string, SampledStage>();
  return {
    stage(name) {
      const stage = stages.get(name) ?? new SampledStage(nowMs);
      stages.set(name, stage);
      return stage;
    },
    stages: () => [...stages].map(([name, stage]) => stage.result(name)),
  };
}

import type { Clock, TimerHandle } from '@gaitway/contract';
import { METRICS } from '@gaitway/contract';
import { sumIn, valuesIn } from '@gaitway/scenarios';

/** What the pipeline itself counts, all instances together. */
export interface PipelineCounts {
  windows: { complete: number; partial: number };
  alerts: number;
}
export const NOTHING_COUNTED: PipelineCounts = { windows: { complete: 0, partial: 0 }, alerts: 0 };

const EVERY_MS = 2000;
const ANSWER_LIMIT_MS = 2000;
const FAILURES_MAX = 3;

/** Asks `/metrics` of every instance now and then. A target that serves none is left in peace after a few times. */
export class PipelinePoll {
  private readonly urls: readonly string[];
  private readonly clock: Clock;
  private timer: TimerHandle;
  private failures = 0;
  private closed = false;
  counts: PipelineCounts = NOTHING_COUNTED;

  constructor(urls: readonly string[], clock: Clock) {
    this.urls = urls;
    this.clock = clock;
    this.again();
  }

  close(): void {
    this.closed = true;
    this.clock.clearTimer(this.timer);
  }

  private again(): void {
    if (this.closed || this.failures >= FAILURES_MAX) return;
    this.timer = this.clock.setTimer(EVERY_MS, () => {
      void this.look().finally(() => this.again());
    });
  }

  private async look(): Promise<void> {
    try {
      const texts = await Promise.all(this.urls.map(metricsOf));
      this.counts = pipelineCounts(texts);
      this.failures = 0;
    } catch {
      this.failures += 1;
    }
  }
}

async function metricsOf(url: string): Promise<string> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.text();
}

/** From the instances' documents in Prometheus' text format. */
export function pipelineCounts(texts: readonly string[]): PipelineCounts {
  const closed = valuesIn(texts, METRICS.windowsClosed, 'complete');
  return {
    windows: { complete: closed.true ?? 0, partial: closed.false ?? 0 },
    alerts: sumIn(texts, METRICS.alertsRaised),
  };
}

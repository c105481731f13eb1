import type { Clock } from '@gaitway/contract';

const EVERY_MS = 2000;
const ESTIMATED_FROM_MS = 10_000;

/** Says how far a work is: nothing in its first 2 s, then a line every 2 s at the most, from 10 s on with what is left. */
export class Progress {
  private readonly clock: Clock;
  private readonly say: (line: string) => void;
  private readonly what: string;
  private readonly startedMs: number;
  private saidMs: number;

  /** `what`: of what it is told how many are done, as `windows read`. */
  constructor(clock: Clock, say: (line: string) => void, what: string) {
    this.clock = clock;
    this.say = say;
    this.what = what;
    this.startedMs = clock.monotonicMs();
    this.saidMs = this.startedMs;
  }

  at(done: number, of: number): void {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.saidMs < EVERY_MS) return;
    this.saidMs = nowMs;
    const elapsedMs = nowMs - this.startedMs;
    const leftSeconds = Math.round(((elapsedMs / Math.max(1, done)) * (of - done)) / 1000);
    const left = elapsedMs < ESTIMATED_FROM_MS || done === 0 ? '' : `, about ${leftSeconds} s left`;
    this.say(`  ${done.toLocaleString('en')} of ${of.toLocaleString('en')} ${this.what}${left}`);
  }
}

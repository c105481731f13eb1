/**
 * A token bucket: `ratePerSecond` in the long run, `burst` at once. Two numbers of state, no timer.
 * Time comes in as an argument, in ms of a clock that never goes back.
 */
export class TokenBucket {
  private tokens: number;
  private filledAtMs: number;
  private readonly ratePerMs: number;
  private readonly burst: number;

  constructor(ratePerSecond: number, burst: number, nowMs: number) {
    this.ratePerMs = ratePerSecond / 1000;
    this.burst = burst;
    this.tokens = burst;
    this.filledAtMs = nowMs;
  }

  /** Takes one token, or says no. */
  take(nowMs: number): boolean {
    this.tokens = Math.min(this.burst, this.tokens + (nowMs - this.filledAtMs) * this.ratePerMs);
    this.filledAtMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** How long until there is a token, in whole ms. */
  waitMs(): number {
    return Math.max(0, Math.ceil((1 - this.tokens) / this.ratePerMs));
  }
}

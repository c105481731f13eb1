import type { Clock } from '@gaitway/contract';
import { TokenBucket } from '../ingest/token-bucket.ts';

/** What each person or machine may ask of one instance. */
export interface RequestAllowance {
  /** In the long run. */
  ratePerSecond: number;
  /** At once. */
  burst: number;
}

/**
 * A token bucket for each who asks. One that was left alone until it is full again is forgotten: a new one is the
 * same. So there are never more than there were people in that time.
 */
export class RequestAllowances {
  readonly #allowance: RequestAllowance;
  readonly #clock: Clock;
  readonly #fullAfterMs: number;
  /** In the order of their last use. */
  readonly #buckets = new Map<string, { bucket: TokenBucket; usedAtMs: number }>();

  constructor(allowance: RequestAllowance, clock: Clock) {
    this.#allowance = allowance;
    this.#clock = clock;
    this.#fullAfterMs = (allowance.burst / allowance.ratePerSecond) * 1000;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** `undefined`: one request is allowed, and taken off. Otherwise after how many ms it may be asked again. */
  take(who: string): number | undefined {
    const { ratePerSecond, burst } = this.#allowance;
    const nowMs = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(who)?.bucket ?? new TokenBucket(ratePerSecond, burst, nowMs);
    this.#buckets.delete(who);
    this.#buckets.set(who, { bucket, usedAtMs: nowMs });
    for (const [other, { usedAtMs }] of this.#buckets) {
      if (nowMs - usedAtMs < this.#fullAfterMs) break;
      this.#buckets.delete(other);
    }
    return bucket.take(nowMs) ? undefined : bucket.waitMs();
  }
}

import { uniform } from '@gaitway/contract';
import { FLEET_STREAM } from './schedule.ts';

/** How a device waits before it connects again. */
export interface BackoffPolicy {
  baseMs: number;
  capMs: number;
}

/**
 * Exponential with full jitter: uniform in [0, min(cap, base * 2^attempt)). The jitter is drawn below the cap
 * and not before it, so that phases spread at every attempt. (socket.io-client 4.8 caps after the jitter:
 * from its fifth attempt on every device waits exactly 5 s, and a fleet that was cut together knocks together.)
 * Source of the policy: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export const BACKOFF_DEFAULT: Readonly<BackoffPolicy> = { baseMs: 1000, capMs: 120_000 };

/**
 * Wait before attempt `attempt` (from 0: the first after a loss). `draw` counts the waits of this device over
 * its life, so that two outages do not repeat each other.
 */
export function backoffMs(
  policy: BackoffPolicy,
  seed: number,
  device: number,
  attempt: number,
  draw: number,
): number {
  const ceilingMs = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt, 30));
  return uniform(seed, FLEET_STREAM.backoff, device, draw) * ceilingMs;
}

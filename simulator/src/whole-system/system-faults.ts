import { uniform } from '@gaitway/contract';
import type { LinkFaults } from '../transport/memory/link-faults.ts';
import { NO_STORE_ERRORS, type StoreCall } from './store-faults.ts';

/** What goes wrong in a simulated run, all of it drawn from the seed. */
export interface SystemFaults {
  links: LinkFaults;
  /** Mean time between two crashes of a processor, anywhere in its work; 0: none. */
  processorCrashEveryMs: number;
  /** Mean time between two stops of a processor that last longer than its lease; 0: none. */
  processorStallEveryMs: number;
  /** Mean time between two crashes of a gateway, before or after an append; 0: none. */
  gatewayCrashEveryMs: number;
  /** Mean time between two leases that are lost without a pause of their owner; 0: none. */
  leaseLossEveryMs: number;
  /** Share of appends that the log keeps and then reports as failed, 0 to 1. */
  forgottenAppendShare: number;
  /** Share of what processors ask of their stores that fails, 0 to 1, by what is asked. */
  storeErrorShares: Readonly<Record<StoreCall, number>>;
  /** Mean time between two outages in which every link is cut and no device can connect; 0: none. */
  outageEveryMs: number;
  outageMs: { min: number; max: number };
}

/** A hard day: links that fail, answers that get lost, processes that die in the middle of a write. */
export const SYSTEM_FAULTS_DEFAULT: Readonly<SystemFaults> = {
  links: {
    delayMs: { min: 2, max: 120 },
    connectFailureShare: 0.05,
    cutShare: 0.0005,
    lostAnswerShare: 0.001,
    repeatedShare: 0.001,
  },
  processorCrashEveryMs: 20 * 60_000,
  processorStallEveryMs: 45 * 60_000,
  gatewayCrashEveryMs: 30 * 60_000,
  leaseLossEveryMs: 30 * 60_000,
  forgottenAppendShare: 0.0005,
  storeErrorShares: { acquire: 0.02, progressOf: 0.02, read: 0.001, commit: 0.001 },
  outageEveryMs: 6 * 3_600_000,
  outageMs: { min: 20_000, max: 600_000 },
};

export const NO_SYSTEM_FAULTS: Readonly<SystemFaults> = {
  links: {
    delayMs: { min: 5, max: 5 },
    connectFailureShare: 0,
    cutShare: 0,
    lostAnswerShare: 0,
    repeatedShare: 0,
  },
  processorCrashEveryMs: 0,
  processorStallEveryMs: 0,
  gatewayCrashEveryMs: 0,
  leaseLossEveryMs: 0,
  forgottenAppendShare: 0,
  storeErrorShares: NO_STORE_ERRORS,
  outageEveryMs: 0,
  outageMs: { min: 0, max: 0 },
};

/** Moments in (fromMs, toMs) with exponential distances, by seed and stream. */
export function momentsOf(
  seed: number,
  stream: number,
  everyMs: number,
  fromMs: number,
  toMs: number,
): number[] {
  const moments: number[] = [];
  if (everyMs <= 0) return moments;
  for (let atMs = fromMs, draw = 0; ; draw++) {
    atMs += -Math.log(1 - uniform(seed, stream, draw)) * everyMs;
    if (atMs >= toMs) return moments;
    moments.push(Math.round(atMs));
  }
}

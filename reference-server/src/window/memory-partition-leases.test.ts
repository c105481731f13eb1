import type { Clock } from '@gaitway/contract';
import { MemoryPartitionLeases } from './memory-partition-leases.ts';
import { describePartitionLeases } from './partition-leases.suite.ts';

describePartitionLeases('memory', async () => {
  let nowMs = 0;
  const clock: Clock = {
    epochMs: () => nowMs,
    monotonicMs: () => nowMs,
    setTimer: () => undefined,
    clearTimer: () => {},
  };
  const leases = new MemoryPartitionLeases(clock);
  return {
    one: leases,
    other: leases,
    ttlMs: 5000,
    elapse: async (durationMs) => {
      nowMs += durationMs;
    },
    dispose: async () => {},
  };
});

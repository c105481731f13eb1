import type { Metric } from './metric.ts';

/** The cache. */
export const CACHE_METRICS = {
  cacheRequests: {
    name: 'gaitway_cache_requests_total',
    kind: 'counter',
    unit: 'count',
    help: 'Look-ups in the cache, by outcome.',
    labels: { outcome: ['hit', 'miss'] },
  },
  cacheEvictions: {
    name: 'gaitway_cache_evictions_total',
    kind: 'counter',
    unit: 'count',
    help: 'Entries that were evicted to stay within the bound.',
  },
  cacheSkips: {
    name: 'gaitway_cache_skips_total',
    kind: 'counter',
    unit: 'count',
    help: 'Values that were not cached because they are too large.',
  },
  cacheFailures: {
    name: 'gaitway_cache_failures_total',
    kind: 'counter',
    unit: 'count',
    help: 'Look-ups, writes and invalidations that the shared cache did not answer well. After an invalidation that failed, a value is stale until its time is up.',
  },
  cacheInvalidations: {
    name: 'gaitway_cache_invalidations_total',
    kind: 'counter',
    unit: 'count',
    help: 'Groups of entries (the windows of one patient, say) that a write made invalid.',
  },
  cacheDuration: {
    name: 'gaitway_cache_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'Time of one look-up in the cache.',
    buckets: [0.00001, 0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
  },
  cacheBytes: {
    name: 'gaitway_cache_bytes',
    kind: 'gauge',
    unit: 'bytes',
    help: 'Bytes in the embedded cache; of a shared one, those that this instance put there and that may still be there.',
  },
} as const satisfies Record<string, Metric>;

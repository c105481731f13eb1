import { LATENCY_SECONDS, type Metric } from './metric.ts';

/** What is appended to the reading log. */
export const READING_LOG_METRICS = {
  appendDuration: {
    name: 'gaitway_append_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'Time from the start of an append to the reading log until it was durable.',
    buckets: LATENCY_SECONDS,
  },
  appendBatchReadings: {
    name: 'gaitway_append_batch_readings',
    kind: 'histogram',
    unit: 'count',
    help: 'Readings in one append.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000],
  },
  appendQueueBytes: {
    name: 'gaitway_append_queue_bytes',
    kind: 'gauge',
    unit: 'bytes',
    help: 'Bytes of frames that wait for their append or its confirmation.',
  },
  appendFailures: {
    name: 'gaitway_append_failures_total',
    kind: 'counter',
    unit: 'count',
    help: 'Appends that failed; their devices were told busy.',
  },
} as const satisfies Record<string, Metric>;

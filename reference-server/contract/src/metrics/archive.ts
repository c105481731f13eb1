import { LATENCY_SECONDS, type Metric } from './metric.ts';

/** What is written to the archive. */
export const ARCHIVE_METRICS = {
  archiveWrites: {
    name: 'gaitway_archive_writes_total',
    kind: 'counter',
    unit: 'count',
    help: 'Documents written to the archive, by kind.',
    labels: { kind: ['window', 'alert', 'patient', 'medication', 'reading', 'insight'] },
  },
  archiveFenced: {
    name: 'gaitway_archive_fenced_total',
    kind: 'counter',
    unit: 'count',
    help: 'Window writes that a higher epoch kept out.',
  },
  archiveDuration: {
    name: 'gaitway_archive_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'Time of one bulk write to the archive.',
    buckets: LATENCY_SECONDS,
  },
  archiveRetries: {
    name: 'gaitway_archive_retries_total',
    kind: 'counter',
    unit: 'count',
    help: 'Bulk writes that failed and were tried again.',
  },
} as const satisfies Record<string, Metric>;

import type { Metric } from './metric.ts';

/** Processors, and the windows that they fold readings into. */
export const WINDOW_METRICS = {
  readingsFolded: {
    name: 'gaitway_readings_folded_total',
    kind: 'counter',
    unit: 'count',
    help: 'Readings that were folded into windows.',
  },
  readingsRepeated: {
    name: 'gaitway_readings_repeated_total',
    kind: 'counter',
    unit: 'count',
    help: 'Readings that a window held already.',
  },
  readingsLate: {
    name: 'gaitway_readings_late_total',
    kind: 'counter',
    unit: 'count',
    help: 'Readings that came after their window had closed and amended it.',
  },
  windowsOpen: {
    name: 'gaitway_windows_open',
    kind: 'gauge',
    unit: 'count',
    help: 'Windows that are open on this instance.',
  },
  windowsClosed: {
    name: 'gaitway_windows_closed_total',
    kind: 'counter',
    unit: 'count',
    help: 'Windows that were closed, by completeness.',
    labels: { complete: ['true', 'false'] },
  },
  processorLag: {
    name: 'gaitway_processor_lag_seconds',
    kind: 'gauge',
    unit: 'seconds',
    help: 'The oldest entry that the processor has not read yet is at most this old. It grows while the log or the archive does not answer.',
  },
  processorFailures: {
    name: 'gaitway_processor_failures_total',
    kind: 'counter',
    unit: 'count',
    help: 'What a processor asked its stores for and did not get, by step; it asks again.',
    labels: {
      step: ['owners', 'acquire', 'renew', 'release', 'begin', 'models', 'read', 'archive', 'commit', 'trim'],
    },
  },
  partitionsOwned: {
    name: 'gaitway_partitions_owned',
    kind: 'gauge',
    unit: 'count',
    help: 'Partitions whose lease this instance holds.',
  },
  leasesLost: {
    name: 'gaitway_leases_lost_total',
    kind: 'counter',
    unit: 'count',
    help: 'Leases that ran out or were taken over while held.',
  },
} as const satisfies Record<string, Metric>;

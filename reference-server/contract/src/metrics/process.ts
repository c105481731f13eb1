import type { Metric } from './metric.ts';

/** The process itself. */
export const PROCESS_METRICS = {
  eventLoopDelay: {
    name: 'gaitway_event_loop_delay_seconds',
    kind: 'gauge',
    unit: 'seconds',
    help: 'Longest delay of the event loop in the last second.',
  },
  processCpu: {
    name: 'gaitway_process_cpu_seconds_total',
    kind: 'counter',
    unit: 'seconds',
    help: 'CPU time of this process, user and system.',
  },
  processResident: {
    name: 'gaitway_process_resident_bytes',
    kind: 'gauge',
    unit: 'bytes',
    help: 'Memory of this process that is resident.',
  },
  gcPause: {
    name: 'gaitway_gc_pause_seconds_total',
    kind: 'counter',
    unit: 'seconds',
    help: 'Time that garbage collection took from this process.',
  },
} as const satisfies Record<string, Metric>;
